using System.Numerics;
using Pipeline.Actors.Configuration;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>
/// Takes a marked bundle apart: its packets, descriptors and not bytes, move into one outgoing bundle per consumer. Pure of actors;
/// for the router's thread alone. It outlives a restart of the router, and what it holds with it.
/// </summary>
/// <remarks>
/// It works a page's stretch of packets at a time: first every packet's way is looked up, then each route it leads to is asked, once
/// for all of the stretch, then references are taken, and only then is the first outgoing bundle appended to.
/// </remarks>
internal sealed partial class Scatter : IDisposable
{
    private readonly RouteTable _table;
    private readonly Lane[] _lanes;
    private readonly StretchPlan _plan;
    private readonly int _mostMoved;
    private PageBundle? _source;
    private int _next;

    public Scatter(RouteTable table, IReadOnlyList<Lane> lanes)
    {
        _table = table;
        _lanes = [.. lanes];
        _plan = new StretchPlan(_lanes.Length);
        _mostMoved = Math.Max(1, _lanes.Min(lane => lane.Share.LimitPages) / 2);
    }

    public IReadOnlyList<Lane> Lanes => _lanes;

    /// <summary>After a call that returned false: the share that must have room before <see cref="Continue"/> can go on.</summary>
    public PageShare? BlockedBy { get; private set; }

    /// <summary>Whether a bundle is not fully placed yet, because a route that may wait has no room.</summary>
    public bool IsBlocked => BlockedBy is not null;

    /// <summary>Takes over a bundle and sends its packets on their ways.</summary>
    /// <returns>False when a route has to wait; the bundle is kept, and <see cref="Continue"/> goes on with it.</returns>
    public bool Route(PageBundle bundle)
    {
        _source = bundle;
        _next = 0;
        return Continue();
    }

    /// <summary>Goes on with the bundle that had to wait.</summary>
    public bool Continue()
    {
        BlockedBy = null;
        if (_source is not { } source) return true;
        while (_next < source.Count)
        {
            var end = EndOfStretch(source, _next);
            if (TryDeal(source, end))
            {
                if (_source is null) return true;
                continue;
            }

            _plan.Look(_table, source, _next, end);
            DivertToStack(source);
            if (FindBlocked(source) is { } blocked)
            {
                // What this router holds itself may be what fills the share.
                Flush();
                BlockedBy = blocked;
                return false;
            }

            Admit(source);
            if (WholeWay(source) is { } lane)
            {
                _source = null;
                lane.SendWhole(source);
                return true;
            }

            Place(source);
            _next = end;
        }

        if (source.Pool is PacketPagePool) source.Forget();
        Finish(source);
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

    /// <summary>Drops everything it holds: bundles being filled, and what is left of the one being taken apart.</summary>
    public void DropAll(DropReason reason)
    {
        foreach (var lane in _lanes) lane.DropAll(reason);
        DropSource(reason);
    }

    /// <summary>Drops what is left of the bundle being taken apart, after a failure in the middle of it.</summary>
    public void DropSource(DropReason reason)
    {
        BlockedBy = null;
        if (_source is not { } source) return;
        var packets = source.Packets[_next..];
        var bytes = 0L;
        foreach (ref readonly var packet in packets) bytes += packet.CapturedLength;
        if (!packets.IsEmpty) source.Account.DroppedFrom(source.Interface, reason, packets.Length, bytes);
        if (source.Pool is PacketPagePool pool)
        {
            foreach (ref readonly var packet in packets) pool.ReturnUnused(pool.PageOf(packet.Offset));
            source.Forget();
        }

        Finish(source);
    }

    public void Dispose()
    {
        foreach (var lane in _lanes) lane.Dispose();
    }

    private void Finish(PageBundle source)
    {
        _source = null;
        source.SettleMoved();
        source.Dispose();
    }

    /// <summary>
    /// Packets of one page follow each other. Where pages hold one packet, a stretch is no more than any route has room for once it
    /// is at its low-water mark, so that one that waits can always go on.
    /// </summary>
    private int EndOfStretch(PageBundle source, int start)
    {
        var pool = source.Pool;
        var packets = source.Packets;
        var page = pool.PageOf(packets[start].Offset);

        // A page that a bundle left cannot come back into it, because the bundle still holds it.
        if (pool is PacketPagePool) return Math.Min(packets.Length, start + _mostMoved);
        if (pool.PageOf(packets[^1].Offset) == page) return packets.Length;
        var end = start + 1;
        while (pool.PageOf(packets[end].Offset) == page) end++;
        return end;
    }

    /// <summary>Beyond its share, a route that is allowed to leaves packets to the stack.</summary>
    private void DivertToStack(PageBundle source)
    {
        var stack = _lanes.Length - 1;
        for (var rest = _plan.Touched & ~(1ul << stack); rest != 0; rest &= rest - 1)
        {
            var index = BitOperations.TrailingZeroCount(rest);
            if (_lanes[index].Overload == Overload.ToStack && !HasRoom(source, index)) _plan.Divert(index, stack);
        }
    }

    private PageShare? FindBlocked(PageBundle source)
    {
        for (var rest = _plan.Touched; rest != 0; rest &= rest - 1)
        {
            var index = BitOperations.TrailingZeroCount(rest);
            if (_lanes[index].Overload == Overload.Wait && !HasRoom(source, index)) return _lanes[index].Share;
        }

        return null;
    }

    private bool HasRoom(PageBundle source, int index) =>
        Spills(source, index) || _lanes[index].Share.HasRoomFor(_plan.Page, _plan[index].Packets);

    private bool Spills(PageBundle source, int index)
    {
        ref readonly var plan = ref _plan[index];
        return _lanes[index].Spills(_plan.Page, plan.Packets, plan.LongestBytes) && _plan.FitsWithBlocks(source, index, Lane.SpillPageBytes);
    }

    /// <summary>Asks each route for room and takes the page for it.</summary>
    private void Admit(PageBundle source)
    {
        for (var rest = _plan.Touched; rest != 0; rest &= rest - 1)
        {
            var index = BitOperations.TrailingZeroCount(rest);
            ref var plan = ref _plan[index];
            var lane = _lanes[index];
            plan.Spill = Spills(source, index);
            if (plan.Spill)
            {
                lane.Counters.Take(plan.Packets, plan.Bytes);
                continue;
            }

            while (lane.Overload == Overload.DropOld && !lane.Share.HasRoomFor(_plan.Page, plan.Packets) && lane.EvictOldest())
            {
                // Each drops a bundle, until there is room or nothing is left to drop.
            }

            plan.Refused = !lane.Share.HasRoomFor(_plan.Page, plan.Packets);
            if (plan.Refused) Refuse(lane, source, plan);
            else Take(lane, plan);
        }
    }

    private void Take(Lane lane, in LanePlan plan)
    {
        lane.Counters.Take(plan.Packets, plan.Bytes);
        lane.Share.Take(_plan.Page, plan.Packets);
    }

    private static void Refuse(Lane lane, PageBundle source, in LanePlan plan)
    {
        lane.Counters.Refuse(plan.Packets, plan.Bytes);
        lane.Account.DroppedFrom(source.Interface, DropReason.ShareExceeded, plan.Packets, plan.Bytes);
    }

    /// <summary>The lane that all packets of a bundle go along, if there is one that takes the bundle itself.</summary>
    private Lane? WholeWay(PageBundle source)
    {
        var placements = _plan.Placements;
        if (placements.Length != 1 || placements[0].Count != source.Count) return null;
        ref readonly var plan = ref _plan[placements[0].Lane];
        var lane = _lanes[placements[0].Lane];
        return !plan.Refused && !plan.Spill && lane.TakesWhole(source) ? lane : null;
    }

    private void Place(PageBundle source)
    {
        var placements = _plan.Placements;
        while (!placements.IsEmpty)
        {
            var (start, count, _) = placements[0];
            var run = source.Packets.Slice(start, count);
            var ways = 1;
            while (ways < placements.Length && placements[ways].Start == start) ways++;
            if (source.Pool is PacketPagePool pool) ShareOut(pool, run, placements[..ways]);
            foreach (var placement in placements[..ways]) Place(source, run, placement.Lane);
            placements = placements[ways..];
        }
    }

    private void Place(PageBundle source, ReadOnlySpan<Packet> run, int lane)
    {
        if (_plan[lane].Refused) return;
        if (!_plan[lane].Spill)
        {
            _lanes[lane].Append(source, run);
            return;
        }

        foreach (ref readonly var packet in run) _lanes[lane].AppendSpilled(source, packet);
    }

    /// <summary>Where pages hold one packet, says how many bundles each will be in; none at all sends it home.</summary>
    private void ShareOut(PacketPagePool pool, Span<Packet> run, ReadOnlySpan<Placement> ways)
    {
        var bundles = 0;
        foreach (var way in ways)
        {
            if (!_plan[way.Lane].Refused) bundles++;
        }

        foreach (ref var packet in run)
        {
            if (bundles == 0) pool.ReturnUnused(pool.PageOf(packet.Offset));
            else if (bundles > 1) pool.Share(ref packet, bundles);
        }
    }
}
