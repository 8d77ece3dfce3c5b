using System.Diagnostics;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers.Flows;

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

    /// <summary>Whether any flow is released, by whomever.</summary>
    internal bool IsInUse => !_flows.IsEmpty;

    /// <summary>The flow of a packet, if the group has released it.</summary>
    internal ReleasedFlow? Find(scoped PacketBatch batch, in Packet packet)
    {
        var flow = IsInUse ? _flows.Find(batch.Interface.LinkType, batch.BytesOf(packet), batch.Generation, _flows.Now) : null;
        return flow is not null && (flow.Groups & Bit) != 0 ? flow : null;
    }
}
