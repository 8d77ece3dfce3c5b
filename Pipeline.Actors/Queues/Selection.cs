using System.Collections.Concurrent;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Queues;

/// <summary>
/// The packets that the command line asked for: those its expression matches, and no more than so many of them. Applied where packets
/// are received, so that a packet beyond the limit was never received at all.
/// </summary>
/// <param name="filter">The expression; null selects every packet.</param>
/// <param name="limit">Selected packets after which the source is stopped; null for no limit.</param>
internal sealed class Selection(PacketFilter? filter, long? limit)
{
    private readonly ConcurrentDictionary<LinkType, string?> _rejections = new();
    private NicInterface? _prepared;
    private long _selected;

    /// <summary>Packets selected so far. Any thread.</summary>
    public long Selected => Interlocked.Read(ref _selected);

    public bool IsComplete => limit is { } most && Selected >= most;

    /// <summary>What libpcap said where it rejects the expression for a link type that came up. Any thread.</summary>
    public IEnumerable<string> Rejections =>
        from rejection in _rejections
        where rejection.Value is not null
        select $"the expression does not fit link type {(int)rejection.Key} ({rejection.Key}), so no such packet matches: {rejection.Value}";

    /// <summary>libpcap's words, where it rejected the expression for every link type that came up; else null. Any thread.</summary>
    public string? RejectedEverywhere => !_rejections.IsEmpty && _rejections.Values.All(r => r is not null) ? _rejections.Values.First() : null;

    /// <summary>Flags the selected packets of a bundle that was just received, and cuts off what is beyond the limit.</summary>
    public void Apply(PageBundle bundle)
    {
        var selected = filter is null ? SelectAll(bundle) : Filter(filter, bundle);
        if (limit is { } most && _selected + selected >= most) selected = Cut(bundle, most - _selected);
        Interlocked.Add(ref _selected, selected);
    }

    private static int SelectAll(PageBundle bundle)
    {
        foreach (ref var packet in bundle.Packets) packet.Flags |= PacketFlags.Selected;
        return bundle.Count;
    }

    private int Filter(PacketFilter compiled, PageBundle bundle)
    {
        if (!ReferenceEquals(bundle.Interface, _prepared))
        {
            _prepared = bundle.Interface;
            _rejections.TryAdd(_prepared.LinkType, compiled.Prepare(_prepared.LinkType));
        }

        return compiled.Select(bundle);
    }

    private static int Cut(PageBundle bundle, long wanted)
    {
        var taken = 0;
        var packets = bundle.Packets;
        for (var i = 0; i < packets.Length && taken < wanted; i++)
        {
            if (packets[i].Has(PacketFlags.Selected) && ++taken == wanted) bundle.Truncate(i + 1);
        }

        return taken;
    }
}
