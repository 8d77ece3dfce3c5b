using System.Diagnostics.CodeAnalysis;
using System.Diagnostics;
using System.Numerics;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>
/// Takes a marked bundle apart and moves its packets into one outgoing bundle per consumer. Descriptors move, not bytes. It knows no
/// actors. For the router's thread alone. It outlives a restart of the router and keeps what it holds.
/// </summary>
/// <remarks>
/// It works on a page's stretch of packets at a time: <see cref="LaneSplit"/> looks every packet up, and <see cref="Admission"/> asks each
/// lane once for all of them and takes their pages. Only then is the first packet appended to an outgoing bundle.
/// </remarks>
[DebuggerDisplay("{_lanes.Length} lanes, {_next} packets placed of {_source}, blocked by {BlockedBy}")]
internal sealed partial class Scatter : IDisposable
{
    private readonly bool _isOfCopies;
    private readonly ReleasedFlows _released;
    private RouteTable _table;
    private Lane[] _lanes;
    private LaneSplit _split;
    private Admission _admission;
    private Releasing _releasing;
    private int _mostMoved;
    private PageBundle? _source;
    private int _next;

    /// <param name="isOfCopies">
    /// Whether the bundles have copies of packets whose final route was followed elsewhere. They go along routes that copy, and no others.
    /// </param>
    /// <param name="released">The flows that consumers have seen enough of; null where none can be released.</param>
    public Scatter(RouterPlan plan, bool isOfCopies = false, ReleasedFlows? released = null)
    {
        _isOfCopies = isOfCopies;
        _released = released ?? new ReleasedFlows();
        Follow(plan);
    }

    /// <summary>The routes and lanes in use.</summary>
    public RouterPlan Plan { get; private set; }

    public IReadOnlyList<Lane> Lanes => _lanes;

    /// <summary>After a call that returned false: the share that must have room before <see cref="Continue"/> can go on.</summary>
    public PageShare? BlockedBy { get; private set; }

    /// <summary>Whether a bundle is not fully placed yet, because a route that may wait has no room.</summary>
    public bool IsBlocked => BlockedBy is not null;

    /// <summary>Takes over a bundle and sends its packets on their ways.</summary>
    /// <returns>False when a route has to wait; the bundle is kept, and <see cref="Continue"/> resumes it.</returns>
    public bool Route(PageBundle bundle)
    {
        _source = bundle;
        _next = 0;
        return Continue();
    }

    /// <summary>Resumes the bundle that had to wait.</summary>
    public bool Continue()
    {
        BlockedBy = null;
        while (_source is { } source)
        {
            if (_next == source.Count)
            {
                Finish(source);
                return true;
            }

            _split.Look(_table, source, _next, source.Pool.EndOfStretch(source.Packets, _next, _mostMoved));
            _releasing.Divert(_split, source);
            if (_admission.Admit(_split, source) is { } blocked)
            {
                // The bundles that this router holds itself may be what fills the share.
                Flush();
                BlockedBy = blocked;
                return false;
            }

            _releasing.Count(_split, _admission.Refused);
            if (Captures.All is { } ports) Show(ports, source);
            if (WholeWay(source) is { } lane)
            {
                _source = null;
                lane.SendWhole(source);
                return true;
            }

            HandOut(source);
            _next += _split.Count;
        }

        return true;
    }

    public void Flush()
    {
        foreach (var lane in _lanes) lane.Flush();
    }

    /// <param name="timestamp"><see cref="System.Diagnostics.Stopwatch"/> ticks; bundles begun before it are sent.</param>
    public void FlushStartedBefore(long timestamp)
    {
        foreach (var lane in _lanes) lane.FlushStartedBefore(timestamp);
    }

    /// <summary>Drops everything it holds: bundles being filled, and the rest of the bundle being taken apart.</summary>
    public void DropAll(DropReason reason)
    {
        foreach (var lane in _lanes) lane.DropAll(reason);
        DropSource(reason);
    }

    /// <summary>Drops the rest of the bundle being taken apart, after a failure in the middle of it.</summary>
    public void DropSource(DropReason reason)
    {
        BlockedBy = null;
        if (_source is not { } source) return;
        var packets = source.Packets[_next..];
        var bytes = 0L;
        foreach (ref readonly var packet in packets) bytes += packet.CapturedLength;
        if (!packets.IsEmpty) source.Account.DroppedFrom(source.Interface, reason, packets.Length, bytes);
        if (Captures.All is { } ports) ShowDropped(ports, source, packets, reason);
        if (source.Pool.HasOnePacketToAPage)
        {
            foreach (ref var packet in packets) source.Pool.Share(ref packet, 0);
        }

        Finish(source);
    }

    public void Dispose()
    {
        foreach (var lane in _lanes) lane.Dispose();
        foreach (var lane in _leaving) lane.Dispose();
    }

    [MemberNotNull(nameof(Plan), nameof(_table), nameof(_lanes), nameof(_split), nameof(_admission), nameof(_releasing))]
    private void Follow(RouterPlan plan)
    {
        Plan = plan;
        _table = plan.Table;
        _lanes = [.. plan.Lanes];
        foreach (var lane in _lanes) lane.Captures = Captures;
        _split = new LaneSplit(_lanes.Length, _isOfCopies);
        _admission = new Admission(_lanes);
        _releasing = new Releasing(_released, _lanes);
        _mostMoved = Math.Max(1, _lanes.Min(lane => lane.Share.LimitPages) / 2);
    }

    private void Finish(PageBundle source)
    {
        _source = null;
        source.ForgetMoved();
        source.SettleMoved();
        source.Dispose();
    }

    /// <summary>The lane that all packets of a bundle go along, if one lane takes the bundle itself.</summary>
    private Lane? WholeWay(PageBundle source)
    {
        if (_split.Count != source.Count || !BitOperations.IsPow2(_split.Touched) || (_admission.Refused | _admission.Spilled) != 0)
            return null;
        var lane = BitOperations.TrailingZeroCount(_split.Touched);
        return _split.PacketsOf(lane) == source.Count && _lanes[lane].TakesWhole(source) ? _lanes[lane] : null;
    }

    private void HandOut(PageBundle source)
    {
        var lanes = _split.Touched & ~_admission.Refused;
        if (source.Pool.HasOnePacketToAPage && (lanes != _split.Touched || _split.Copied != 0 || lanes == 0)) ShareOut(source.Pool, lanes);
        var packets = _split.Packets;
        for (var start = 0; start < packets.Length; start += LaneSplit.Hand)
        {
            var hand = packets.Slice(start, Math.Min(LaneSplit.Hand, packets.Length - start));
            for (var rest = lanes; rest != 0; rest &= rest - 1)
            {
                var lane = BitOperations.TrailingZeroCount(rest);
                var chosen = _split.HandOf(lane, start);
                if ((_admission.Spilled >> lane & 1) == 0) _lanes[lane].Append(source, hand, chosen);
                else _lanes[lane].AppendSpilled(source, hand, chosen);
            }
        }
    }

    /// <summary>If pages hold one packet, tells each page how many bundles it will be in. A page that is in none goes home.</summary>
    private void ShareOut(PagePool pool, ulong lanes)
    {
        var packets = _split.Packets;
        for (var i = 0; i < packets.Length; i++) pool.Share(ref packets[i], _split.LanesOf(i, lanes));
    }
}
