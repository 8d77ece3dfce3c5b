using System.Collections.Immutable;
using System.Diagnostics;
using System.Numerics;
using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Consumers.Flows;

/// <summary>
/// The flows of a pipeline that consumers have seen enough of, by both directions of protocol, addresses, ports and VLANs. Consumers
/// release, routers look up, the control thread sweeps. Any thread.
/// </summary>
/// <remarks>
/// <para>
/// A hash table of fixed size with a list in each bucket. A reader takes no lock and allocates nothing: it follows references that are
/// published once complete, and an entry that leaves keeps its own. Writers are rare and take a lock.
/// </para>
/// <para>
/// Nothing is evicted. When it is full, a flow is not released and its consumer goes on getting it: a flow must not come back to a
/// consumer because others were released after it.
/// </para>
/// <para>Fragments and packets without ports belong to no flow here, whatever was released.</para>
/// </remarks>
[DebuggerDisplay("{Count} of {Capacity} flows")]
public sealed class ReleasedFlows
{
    /// <summary>The most flows at a time, in all.</summary>
    public const int Most = 65_536;

    /// <summary>The longest that a released flow may be without a packet.</summary>
    public static readonly TimeSpan LongestIdle = TimeSpan.FromDays(1);

    private const int MostGroups = 64;

    /// <summary>Buckets that a sweep looks at in one go, because consumers that release wait for it.</summary>
    private const int SweptAtOnce = 512;

    private readonly Lock _writing = new();
    private readonly TimeProvider _clock;
    private readonly ulong _seed = (ulong)Random.Shared.NextInt64();
    private readonly int _mask;
    private ReleasedFlow?[]? _buckets;
    private ImmutableArray<string> _groups = [];
    private int _count;
    private long _ids;
    private long _refused;

    /// <param name="capacity">The most flows at a time, 1 to <see cref="Most"/>.</param>
    /// <param name="clock">Tells idle times; null for the machine's clock.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is out of range.</exception>
    public ReleasedFlows(int capacity = Most, TimeProvider? clock = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, Most);
        Capacity = capacity;
        _clock = clock ?? TimeProvider.System;
        _mask = (int)BitOperations.RoundUpToPowerOf2((uint)capacity) - 1;
    }

    /// <summary>The most flows at a time.</summary>
    public int Capacity { get; }

    /// <summary>Flows in it now, with those whose time is over and which no sweep has met yet.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether there is nothing to look up.</summary>
    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>Releases that came to nothing because there was no room.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Now, in ticks of its clock.</summary>
    public long Now => _clock.GetTimestamp();

    /// <summary>
    /// What one consumer group releases flows with: always the same for one name. Null for groups beyond the sixty-fourth.
    /// </summary>
    public FlowReleaser? For(string group)
    {
        lock (_writing)
        {
            var place = _groups.IndexOf(group);
            if (place < 0 && _groups.Length == MostGroups) return null;
            if (place < 0) (place, _groups) = (_groups.Length, _groups.Add(group));
            return new FlowReleaser(this, group, 1ul << place);
        }
    }

    /// <summary>The names of groups whose bits are set.</summary>
    public IReadOnlyList<string> NamesOf(ulong groups) => [.. _groups.Where((_, place) => (groups >> place & 1) != 0)];

    /// <summary>The released flow that a packet belongs to. It notes that the flow had a packet.</summary>
    /// <param name="linkType">What the bytes start with.</param>
    /// <param name="packet">The captured bytes.</param>
    /// <param name="generation">The rules that marked it.</param>
    /// <param name="now"><see cref="Now"/>, which the caller may keep for many packets.</param>
    /// <returns>Null when there is none, or it has ended.</returns>
    public ReleasedFlow? Find(LinkType linkType, ReadOnlySpan<byte> packet, int generation, long now)
    {
        var of = FlowPacket.Of(linkType, packet, byVlan: true);
        if (!of.HasPorts || Find(of.Key, of.Key.Hash(_seed)) is not { } flow) return null;
        if (flow.Generation != generation || flow.IsOver(now)) return null;
        flow.Touch(now);
        return flow;
    }

    /// <summary>The flows that were released last, the latest first. What it makes is bounded by <see cref="Most"/>.</summary>
    public IReadOnlyList<ReleasedFlow> Latest(int most)
    {
        var now = Now;
        return [.. All().Where(flow => !flow.IsOver(now)).OrderByDescending(flow => flow.Id).Take(most)];
    }

    /// <summary>How long a flow may still be without a packet before it ends.</summary>
    public TimeSpan LeftOf(ReleasedFlow flow)
    {
        var left = flow.IdleTicks - (Now - flow.LastSeen);
        return TimeSpan.FromSeconds(Math.Max(0, left) / (double)_clock.TimestampFrequency);
    }

    /// <summary>Its whole time without a packet.</summary>
    public TimeSpan IdleOf(ReleasedFlow flow) => TimeSpan.FromSeconds(flow.IdleTicks / (double)_clock.TimestampFrequency);

    /// <summary>Takes a flow back: its packets go their usual ways again.</summary>
    /// <param name="flow">Its number, or its words.</param>
    /// <returns>What it was; null when there is no such flow.</returns>
    public ReleasedFlow? Remove(string flow)
    {
        var isId = long.TryParse(flow, out var id);
        if (All().FirstOrDefault(f => isId ? f.Id == id : f.Words == flow) is not { } found) return null;
        lock (_writing) return TryUnlink(found) ? found : null;
    }

    /// <summary>Forgets the flows whose time is over, and those of other generations than the one in force.</summary>
    public void Sweep(int generation)
    {
        if (IsEmpty || Volatile.Read(ref _buckets) is not { } buckets) return;
        for (var start = 0; start < buckets.Length; start += SweptAtOnce)
        {
            lock (_writing) Sweep(buckets.AsSpan(start, Math.Min(SweptAtOnce, buckets.Length - start)), generation);
        }
    }

    /// <summary>Releases a packet's flow for a group.</summary>
    /// <returns>False when the packet has no flow, there is no room, or later rules have marked other packets of the flow.</returns>
    internal bool Release(LinkType linkType, ReadOnlySpan<byte> packet, int generation, ulong group, TimeSpan idle, long seen)
    {
        var of = FlowPacket.Of(linkType, packet, byVlan: true);
        if (!of.HasPorts) return false;
        var hash = of.Key.Hash(_seed);
        var now = Now;
        var flow = Find(of.Key, hash);
        if (flow is null || flow.IsOver(now) || flow.Generation != generation || (flow.Groups & group) == 0)
        {
            lock (_writing) flow = Add(of.Key, hash, generation, group, (long)(idle.TotalSeconds * _clock.TimestampFrequency), now);
        }

        flow?.AddSeen(seen);
        return flow is not null;
    }

    private ReleasedFlow? Find(in FlowKey key, uint hash)
    {
        if (Volatile.Read(ref _buckets) is not { } buckets) return null;
        for (var flow = Volatile.Read(ref buckets[hash & _mask]); flow is not null; flow = flow.Next)
        {
            if (flow.Hash == hash && flow.Key == key) return flow;
        }

        return null;
    }

    /// <summary>Under the lock. A flow that is over, or of an earlier generation, makes room for itself.</summary>
    private ReleasedFlow? Add(in FlowKey key, uint hash, int generation, ulong group, long idleTicks, long now)
    {
        if (Find(key, hash) is { } before)
        {
            if (before.Generation > generation) return null;
            if (before.Generation == generation && !before.IsOver(now))
            {
                before.AddGroup(group);
                return before;
            }

            TryUnlink(before);
        }

        if (_count == Capacity)
        {
            Interlocked.Increment(ref _refused);
            return null;
        }

        _buckets ??= new ReleasedFlow?[_mask + 1];
        ref var bucket = ref _buckets[hash & _mask];
        var flow = new ReleasedFlow(key, hash, generation, group, Math.Max(1, idleTicks), now, _clock.GetUtcNow(), ++_ids)
        {
            Next = bucket,
        };
        Volatile.Write(ref bucket, flow);
        Volatile.Write(ref _count, _count + 1);
        return flow;
    }

    private void Sweep(Span<ReleasedFlow?> buckets, int generation)
    {
        var now = Now;
        foreach (var first in buckets)
        {
            for (var flow = first; flow is not null; flow = flow.Next)
            {
                if (flow.Generation != generation || flow.IsOver(now)) TryUnlink(flow);
            }
        }
    }

    /// <summary>Under the lock. Readers that stand on the flow go on along its own reference.</summary>
    private bool TryUnlink(ReleasedFlow gone)
    {
        ref var bucket = ref _buckets![gone.Hash & _mask];
        ReleasedFlow? before = null;
        for (var flow = bucket; flow is not null; before = flow, flow = flow.Next)
        {
            if (!ReferenceEquals(flow, gone)) continue;
            if (before is null) Volatile.Write(ref bucket, flow.Next);
            else before.Next = flow.Next;
            Volatile.Write(ref _count, _count - 1);
            return true;
        }

        return false;
    }

    private IEnumerable<ReleasedFlow> All()
    {
        if (Volatile.Read(ref _buckets) is not { } buckets) yield break;
        for (var i = 0; i < buckets.Length; i++)
        {
            for (var flow = Volatile.Read(ref buckets[i]); flow is not null; flow = flow.Next) yield return flow;
        }
    }
}
