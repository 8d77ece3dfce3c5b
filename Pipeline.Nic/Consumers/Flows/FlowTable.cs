using System.Numerics;

namespace Pipeline.Nic.Consumers.Flows;

/// <summary>
/// Flows by key, in memory taken once: an array of flows, an open-addressing index into it, and the order of last packets as a list
/// through it. For one thread; allocates nothing.
/// </summary>
/// <remarks>
/// It never refuses a packet. When it is full, the flow without a packet for longest is reported and makes room. The index is at most half
/// full, so probes stay short. Removal closes gaps (Knuth, The Art of Computer Programming, volume 3, 6.4, algorithm R), so flows that have
/// left do not slow it.
/// </remarks>
internal sealed class FlowTable
{
    private const int None = -1;

    private readonly Flow[] _flows;
    private readonly int[] _index;
    private readonly int _mask;
    private readonly ulong _seed;
    private readonly long _idle;
    private readonly long _active;
    private readonly IFlowReport _report;
    private int _free;
    private int _oldest = None;
    private int _newest = None;
    private long _now = Flow.NoTime;

    /// <param name="options">Bounds.</param>
    /// <param name="report">Gets each flow that leaves.</param>
    /// <param name="seed">Of the hash.</param>
    public FlowTable(FlowOptions options, IFlowReport report, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxFlows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxFlows, FlowOptions.MostFlows);
        _report = report;
        _seed = seed;
        _idle = Nanoseconds(options.IdleTimeout);
        _active = Nanoseconds(options.ActiveTimeout);
        _flows = new Flow[options.MaxFlows];
        _index = new int[BitOperations.RoundUpToPowerOf2((uint)options.MaxFlows * 2)];
        _mask = _index.Length - 1;
        Array.Fill(_index, None);
        for (var i = 0; i < _flows.Length; i++) _flows[i].Newer = i + 1 < _flows.Length ? i + 1 : None;
    }

    /// <summary>Flows in it.</summary>
    public int Count { get; private set; }

    /// <param name="time">Nanoseconds since 1970; <see cref="Flow.NoTime"/> when the packet has none.</param>
    /// <returns>The flow, counted. It stays where it is until the next call.</returns>
    public ref Flow Add(in FlowPacket packet, uint bytes, long time)
    {
        if (time > _now) Advance(time);
        var hash = packet.Key.Hash(_seed);
        var place = Find(packet.Key, hash);
        if (place == None) place = Insert(packet, hash, packet.StartedByLow);
        else if (_flows[place].IsReusedBy(packet)) place = Again(place, packet, FlowEnd.EndOfFlowDetected, packet.StartedByLow);
        else if (HasLasted(place, time)) place = Again(place, packet, FlowEnd.ActiveTimeout, _flows[place].StartedByLow);
        else MoveToNewest(place);
        _flows[place].Count(packet, bytes, time);
        return ref _flows[place];
    }

    /// <summary>Reports all flows, the one without a packet for longest first, and forgets them.</summary>
    public void Clear()
    {
        while (_oldest != None) RemoveOldest(FlowEnd.ForcedEnd);
    }

    /// <summary>A copy of the flows, the one with the latest packet first.</summary>
    /// <param name="most">The most that are wanted.</param>
    public Flow[] Copy(int most)
    {
        var copy = new Flow[Math.Min(Count, most)];
        var place = _newest;
        for (var i = 0; i < copy.Length; i++, place = _flows[place].Older) copy[i] = _flows[place];
        return copy;
    }

    private static long Nanoseconds(TimeSpan time) => time > TimeSpan.Zero ? (long)Math.Min(time.TotalNanoseconds, long.MaxValue / 2) : 0;

    /// <summary>Ends the flows that have been idle for too long by the time that has now come.</summary>
    private void Advance(long time)
    {
        _now = time;
        if (_idle == 0) return;

        // A late packet puts its flow behind others with later times. Those wait for it, but not for ever.
        while (_oldest != None && _flows[_oldest].Last is var last && last != Flow.NoTime && time - last >= _idle)
            RemoveOldest(FlowEnd.IdleTimeout);
    }

    private bool HasLasted(int place, long time) =>
        _active > 0 && time != Flow.NoTime && _flows[place].First is var first && first != Flow.NoTime && time - first >= _active;

    private int Find(in FlowKey key, uint hash)
    {
        for (var slot = (int)hash & _mask; _index[slot] != None; slot = (slot + 1) & _mask)
        {
            ref readonly var flow = ref _flows[_index[slot]];
            if (flow.Hash == hash && flow.Key == key) return _index[slot];
        }

        return None;
    }

    /// <summary>Ends a flow, and begins another with the same key.</summary>
    private int Again(int place, in FlowPacket packet, FlowEnd end, bool startedByLow)
    {
        var hash = _flows[place].Hash;
        Remove(place, end);
        return Insert(packet, hash, startedByLow);
    }

    private int Insert(in FlowPacket packet, uint hash, bool startedByLow)
    {
        if (_free == None) RemoveOldest(FlowEnd.LackOfResources);
        var place = _free;
        _free = _flows[place].Newer;
        _flows[place] = new Flow { Key = packet.Key, Hash = hash, StartedByLow = startedByLow, First = Flow.NoTime, Last = Flow.NoTime };
        var slot = (int)hash & _mask;
        while (_index[slot] != None) slot = (slot + 1) & _mask;
        _index[slot] = place;
        Link(place);
        Count++;
        return place;
    }

    private void RemoveOldest(FlowEnd end) => Remove(_oldest, end);

    /// <summary>A connection that was over did not end because of the clock, the room or the packets' end.</summary>
    private void Remove(int place, FlowEnd end)
    {
        _report.Add(_flows[place], _flows[place].IsOver ? FlowEnd.EndOfFlowDetected : end);
        _flows[place].Released = null;
        Unindex(place);
        Unlink(place);
        _flows[place].Newer = _free;
        _free = place;
        Count--;
    }

    private void Unindex(int place)
    {
        var hole = (int)_flows[place].Hash & _mask;
        while (_index[hole] != place) hole = (hole + 1) & _mask;
        for (var slot = (hole + 1) & _mask; _index[slot] != None; slot = (slot + 1) & _mask)
        {
            // An entry whose first slot lies cyclically between the gap and here must not move in front of that slot.
            var wanted = (int)_flows[_index[slot]].Hash & _mask;
            if (((slot - wanted) & _mask) < ((slot - hole) & _mask)) continue;
            _index[hole] = _index[slot];
            hole = slot;
        }

        _index[hole] = None;
    }

    private void MoveToNewest(int place)
    {
        if (place == _newest) return;
        Unlink(place);
        Link(place);
    }

    private void Link(int place)
    {
        ref var flow = ref _flows[place];
        flow.Older = _newest;
        flow.Newer = None;
        if (_newest == None) _oldest = place;
        else _flows[_newest].Newer = place;
        _newest = place;
    }

    private void Unlink(int place)
    {
        var (older, newer) = (_flows[place].Older, _flows[place].Newer);
        if (older == None) _oldest = newer;
        else _flows[older].Newer = newer;
        if (newer == None) _newest = older;
        else _flows[newer].Older = older;
    }
}
