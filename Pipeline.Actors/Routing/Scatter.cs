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
internal sealed class Scatter : IDisposable
{
    private readonly RouteTable _table;
    private readonly Lane[] _lanes;
    private readonly Plan[] _plans;
    private Placement[] _placements = new Placement[256];
    private int _placed;
    private ulong _touched;
    private PageBundle? _source;
    private int _next;

    public Scatter(RouteTable table, IReadOnlyList<Lane> lanes)
    {
        _table = table;
        _lanes = [.. lanes];
        _plans = new Plan[_lanes.Length];
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
            Look(source, _next, end);
            if (FindBlocked() is { } blocked)
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
        foreach (var lane in _lanes) lane.DropOpen(reason);
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

    /// <summary>Packets of one page follow each other; where pages hold one packet, the whole bundle is one stretch.</summary>
    private static int EndOfStretch(PageBundle source, int start)
    {
        var pool = source.Pool;
        var packets = source.Packets;
        var page = pool.PageOf(packets[start].Offset);

        // A page that a bundle left cannot come back into it, because the bundle still holds it.
        if (pool is PacketPagePool || pool.PageOf(packets[^1].Offset) == page) return packets.Length;
        var end = start + 1;
        while (pool.PageOf(packets[end].Offset) == page) end++;
        return end;
    }

    /// <summary>Looks up every packet's way and plans, for each route, how many it gets. Changes nothing else.</summary>
    private void Look(PageBundle source, int start, int end)
    {
        for (; _touched != 0; _touched &= _touched - 1) _plans[BitOperations.TrailingZeroCount(_touched)] = default;
        _placed = 0;
        var packets = source.Packets;
        for (int i = start, next; i < end; i = next)
        {
            ref readonly var first = ref packets[i];
            var (mark, selected) = (first.Mark, first.Has(PacketFlags.Selected));
            var plan = default(Plan);
            for (next = i; next < end && packets[next].Mark == mark && packets[next].Has(PacketFlags.Selected) == selected; next++)
            {
                plan.Add(packets[next].CapturedLength);
            }

            var decision = _table.Resolve(mark, selected);
            for (var copies = decision.Copies; copies != 0; copies &= copies - 1) Note(i, BitOperations.TrailingZeroCount(copies), plan);
            Note(i, decision.Final, plan);
        }

        SendOverflowToStack(source.Pool.PageOf(packets[start].Offset));
    }

    private void Note(int start, int lane, in Plan plan)
    {
        if (_placed == _placements.Length) Array.Resize(ref _placements, _placed * 2);
        _placements[_placed++] = new Placement(start, plan.Packets, lane);
        _touched |= 1ul << lane;
        _plans[lane].Add(plan);
    }

    private void SendOverflowToStack(int page)
    {
        var stack = _lanes.Length - 1;
        for (var rest = _touched & ~(1ul << stack); rest != 0; rest &= rest - 1)
        {
            var index = BitOperations.TrailingZeroCount(rest);
            ref var plan = ref _plans[index];
            plan.Page = page;
            if (_lanes[index].Overload != Overload.ToStack || HasRoom(index)) continue;
            for (var i = 0; i < _placed; i++)
            {
                if (_placements[i].Lane == index) _placements[i] = _placements[i] with { Lane = stack };
            }

            _plans[stack].Add(plan);
            _touched = (_touched & ~(1ul << index)) | (1ul << stack);
            plan = default;
        }

        _plans[stack].Page = page;
    }

    private PageShare? FindBlocked()
    {
        for (var rest = _touched; rest != 0; rest &= rest - 1)
        {
            var index = BitOperations.TrailingZeroCount(rest);
            if (_lanes[index].Overload == Overload.Wait && !HasRoom(index)) return _lanes[index].Share;
        }

        return null;
    }

    private bool HasRoom(int index)
    {
        ref readonly var plan = ref _plans[index];
        var lane = _lanes[index];
        return lane.Spills(plan.Page, plan.Packets, plan.LongestBytes) || lane.Share.HasRoomFor(plan.Page, plan.Packets);
    }

    /// <summary>Asks each route for room and takes the page for it.</summary>
    private void Admit(PageBundle source)
    {
        for (var rest = _touched; rest != 0; rest &= rest - 1)
        {
            var index = BitOperations.TrailingZeroCount(rest);
            ref var plan = ref _plans[index];
            var lane = _lanes[index];
            plan.Spill = lane.Spills(plan.Page, plan.Packets, plan.LongestBytes);
            if (plan.Spill) continue;

            if (!lane.Share.HasRoomFor(plan.Page, plan.Packets) && lane.Overload == Overload.DropOld) lane.DropOpen(DropReason.DropOld);
            plan.Refused = !lane.Share.HasRoomFor(plan.Page, plan.Packets);
            if (plan.Refused) lane.Account.DroppedFrom(source.Interface, DropReason.ShareExceeded, plan.Packets, plan.Bytes);
            else lane.Share.Take(plan.Page, plan.Packets);
        }
    }

    /// <summary>The lane that all packets of a bundle go along, if there is one that takes the bundle itself.</summary>
    private Lane? WholeWay(PageBundle source)
    {
        if (_placed != 1 || _placements[0].Count != source.Count) return null;
        ref readonly var plan = ref _plans[_placements[0].Lane];
        var lane = _lanes[_placements[0].Lane];
        return !plan.Refused && !plan.Spill && lane.TakesWhole(source) ? lane : null;
    }

    private void Place(PageBundle source)
    {
        var pagesMove = source.Pool as PacketPagePool;
        for (var i = 0; i < _placed;)
        {
            var (start, count, _) = _placements[i];
            var run = source.Packets.Slice(start, count);
            var end = i + 1;
            while (end < _placed && _placements[end].Start == start) end++;
            if (pagesMove is not null) ShareOut(pagesMove, run, i, end);
            for (; i < end; i++) Place(source, run, _placements[i].Lane);
        }
    }

    private void Place(PageBundle source, ReadOnlySpan<Packet> run, int lane)
    {
        if (_plans[lane].Refused) return;
        if (!_plans[lane].Spill)
        {
            _lanes[lane].Append(source, run);
            return;
        }

        foreach (ref readonly var packet in run) _lanes[lane].AppendSpilled(source, packet);
    }

    /// <summary>Where pages hold one packet, says how many bundles each will be in; none at all sends it home.</summary>
    private void ShareOut(PacketPagePool pool, Span<Packet> run, int start, int end)
    {
        var bundles = 0;
        for (var i = start; i < end; i++)
        {
            if (!_plans[_placements[i].Lane].Refused) bundles++;
        }

        foreach (ref var packet in run)
        {
            if (bundles == 0) pool.ReturnUnused(pool.PageOf(packet.Offset));
            else if (bundles > 1) pool.Share(ref packet, bundles);
        }
    }

    /// <summary>Packets that follow each other and go along one lane.</summary>
    private readonly record struct Placement(int Start, int Count, int Lane);

    /// <summary>What one route gets of one stretch.</summary>
    private struct Plan
    {
        public int Page;
        public int Packets;
        public int LongestBytes;
        public long Bytes;
        public bool Spill;
        public bool Refused;

        public void Add(int bytes)
        {
            Packets++;
            Bytes += bytes;
            LongestBytes = Math.Max(LongestBytes, bytes);
        }

        public void Add(in Plan other)
        {
            Packets += other.Packets;
            Bytes += other.Bytes;
            LongestBytes = Math.Max(LongestBytes, other.LongestBytes);
        }
    }
}
