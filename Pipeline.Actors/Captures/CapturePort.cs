using System.Diagnostics;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers.Captures.Running;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Captures;

/// <summary>
/// One capture as one router sees it: decides which packets are captured, and copies them. It never waits and allocates nothing once warm.
/// Only the router's thread shows it packets; any thread closes it.
/// </summary>
/// <param name="at">Where packets are captured.</param>
/// <param name="filter">What must match; null for every packet.</param>
/// <param name="ring">Takes the copies.</param>
/// <param name="own">What is left out; null for nothing.</param>
[DebuggerDisplay("{At}: {Ring}")]
internal sealed class CapturePort(CapturePoint at, PacketFilter? filter, CaptureRing ring, OwnConnections? own = null) : PacketPort(at)
{
    private MarkTable? _table;
    private int _rule;
    private NicInterface? _unprepared;
    private volatile bool _isClosed;

    public CaptureRing Ring => ring;

    /// <summary>Takes nothing more from now on, but for a packet that it is taking at this moment.</summary>
    public void Close() => _isClosed = true;

    /// <summary>Takes a packet if it is among those to capture.</summary>
    public override void Show(PageBundle bundle, in Packet packet, string? route, DropReason? reason = null, bool isCopy = false)
    {
        if (_isClosed || (At.Place == CapturePlace.Rule && !IsOfRule(bundle, packet))) return;
        if (own is not null && own.Has(bundle.Interface.LinkType, bundle.BytesOf(packet))) return;
        if (filter is not null)
        {
            if (filter.Matches(bundle, packet) is not { } matches)
            {
                // The router does not wait for a compiler: whoever reads the ring prepares the filter.
                Volatile.Write(ref _unprepared, bundle.Interface);
                ring.Miss(bundle.Interface);
                return;
            }

            if (!matches) return;
        }

        ring.Write(bundle, packet, route, reason, isCopy);
    }

    /// <summary>Prepares the filter for packets that have come. For the thread that reads the ring.</summary>
    public void Prepare()
    {
        if (Interlocked.Exchange(ref _unprepared, null) is { } seen) filter?.Prepare(seen.Link);
    }

    private bool IsOfRule(PageBundle bundle, in Packet packet)
    {
        if (bundle.MarkedBy is not MarkTable table) return false;
        if (!ReferenceEquals(table, _table)) (_table, _rule) = (table, PlaceOf(table));
        return _rule != 0 && table.Matched(bundle, packet, _rule);
    }

    /// <summary>The rule's 1-based place; 0 where a generation has no rule of that name.</summary>
    private int PlaceOf(MarkTable table)
    {
        var rules = table.Rules.Rules;
        for (var i = 0; i < rules.Count; i++)
        {
            if (rules[i].Name == At.Name) return i + 1;
        }

        return 0;
    }
}
