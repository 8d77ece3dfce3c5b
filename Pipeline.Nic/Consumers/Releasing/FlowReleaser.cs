using System.Diagnostics;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers.Releasing;

/// <summary>What the instances of one consumer group release flows with. Any thread.</summary>
[DebuggerDisplay("{Group}, of use {IsOfUse}")]
public sealed class FlowReleaser
{
    private readonly ReleasedFlows _flows;
    private volatile bool _isOfUse;

    internal FlowReleaser(ReleasedFlows flows, string group, ulong bit) => (_flows, Group, Bit) = (flows, group, bit);

    /// <summary>The group's name.</summary>
    public string Group { get; }

    /// <summary>The group's bit in <see cref="ReleasedFlow.Groups"/>.</summary>
    public ulong Bit { get; }

    /// <summary>
    /// Whether any route to the group ends for a released flow. Without one a release would do nothing, and takes no room.
    /// </summary>
    public bool IsOfUse { get => _isOfUse; set => _isOfUse = value; }

    internal bool Release(PageBundle bundle, in Packet packet, TimeSpan idle, long seen)
    {
        if (idle <= TimeSpan.Zero || idle > ReleasedFlows.LongestIdle)
            throw new ArgumentOutOfRangeException(nameof(idle), idle, $"idle for {idle}; expected more than 0 and at most 1 d");

        // The routers that would have to know are another node's.
        if (!IsOfUse || bundle.IsOfOtherNode) return false;
        return _flows.Release(bundle.Interface.LinkType, bundle.Pool.BytesWithin(packet), bundle.Generation, Bit, idle, seen);
    }

    internal bool HasReleased(PageBundle bundle, in Packet packet) =>
        !_flows.IsEmpty
        && _flows.Find(bundle.Interface.LinkType, bundle.Pool.BytesWithin(packet), bundle.Generation, _flows.Now) is { } flow
        && (flow.Groups & Bit) != 0;
}
