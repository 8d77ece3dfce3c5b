using System.Diagnostics;
using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Consumers.Flows;

/// <summary>
/// A flow that consumers have seen enough of, and what became of its packets since. What it is never changes; its counts do. Any thread.
/// </summary>
/// <remarks>
/// It is an object with its counts, made for each release and for no packet, so that a router may still read one that has just ended: the
/// garbage collector keeps it for as long as somebody looks at it.
/// </remarks>
[DebuggerDisplay("{Words}")]
public sealed class ReleasedFlow
{
    private readonly FlowKey _key;
    private readonly uint _hash;
    private readonly long _idleTicks;
    private long _lastSeen;
    private ulong _groups;
    private ReleasedFlow? _next;
    private GroupCounts[] _counts;
    private PacketCounts _late;
    private long _seen;

    internal ReleasedFlow(FlowKey key, uint hash, int generation, ulong group, long idleTicks, long now, DateTimeOffset since, long id)
    {
        (_key, _hash, _groups, _idleTicks, _lastSeen) = (key, hash, group, idleTicks, now);
        (Generation, Since, Id, _counts) = (generation, since, id, [new GroupCounts(group)]);
    }

    /// <summary>Its number in the list, which no other has in this run.</summary>
    public long Id { get; }

    /// <summary>The rules that marked the packets when it was released. It ends with them.</summary>
    public int Generation { get; }

    /// <summary>When it was first released.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>The consumer groups that released it: a bit each, as <see cref="ReleasedFlows.For"/> gives them.</summary>
    public ulong Groups => Volatile.Read(ref _groups);

    /// <summary>Packets that its consumers say they had seen; 0 where none says.</summary>
    public long Seen => Volatile.Read(ref _seen);

    /// <summary>Packets left to the normal stack instead of their final consumer.</summary>
    public PacketTally Passed => Sum(of => of.Passed.Read());

    /// <summary>Copies that were not made.</summary>
    public PacketTally Copies => Sum(of => of.Copies.Read());

    /// <summary>Packets that their consumer got all the same, because they had been taken from the normal stack already.</summary>
    public PacketTally Late => _late.Read();

    /// <summary>
    /// Protocol, both endpoints (the lower address first) and VLANs: <c>tcp 10.0.0.1:443 10.0.0.2:50000 vlan 7</c>. Made at each call.
    /// </summary>
    public string Words => ReleasedWords.Of(_key);

    internal ref readonly FlowKey Key => ref _key;

    internal uint Hash => _hash;

    /// <summary>The next in the same bucket. It stays when this one leaves the bucket, so that a reader finds its way back.</summary>
    internal ReleasedFlow? Next { get => Volatile.Read(ref _next); set => Volatile.Write(ref _next, value); }

    /// <summary>Ticks of the table's clock without a packet after which it has ended.</summary>
    internal long IdleTicks => _idleTicks;

    /// <summary>Ticks of the table's clock at the last packet.</summary>
    internal long LastSeen => Volatile.Read(ref _lastSeen);

    /// <summary>The difference is signed: another thread's packet may be later than <paramref name="now"/>.</summary>
    internal bool IsOver(long now) => now - LastSeen >= _idleTicks;

    /// <summary>Notes a packet.</summary>
    internal void Touch(long now)
    {
        if (now - LastSeen > 0) Volatile.Write(ref _lastSeen, now);
    }

    /// <summary>Packets and copies that one group would have got.</summary>
    /// <param name="group">Its bit.</param>
    internal PacketTally MissedBy(ulong group) => Of(group) is { } counts ? counts.Passed.Read() + counts.Copies.Read() : default;

    /// <summary>Under the table's lock. Readers see the group once it has its counts.</summary>
    internal void AddGroup(ulong group)
    {
        if ((_groups & group) != 0) return;
        Volatile.Write(ref _counts, [.. _counts, new GroupCounts(group)]);
        Volatile.Write(ref _groups, _groups | group);
    }

    internal void AddSeen(long packets)
    {
        if (packets > 0) Interlocked.Add(ref _seen, packets);
    }

    /// <summary>Counts one packet as left to the normal stack.</summary>
    /// <param name="group">The bit of the group that would have got it.</param>
    /// <param name="bytes">Its captured bytes.</param>
    public void CountPassed(ulong group, int bytes) => Of(group)?.Passed.Add(bytes);

    /// <summary>Counts one copy that was not made.</summary>
    /// <inheritdoc cref="CountPassed"/>
    public void CountCopy(ulong group, int bytes) => Of(group)?.Copies.Add(bytes);

    /// <summary>Counts one packet that its consumer gets all the same.</summary>
    public void CountLate(int bytes) => _late.Add(bytes);

    private GroupCounts? Of(ulong group)
    {
        foreach (var counts in Volatile.Read(ref _counts))
        {
            if (counts.Group == group) return counts;
        }

        return null;
    }

    private PacketTally Sum(Func<GroupCounts, PacketTally> of) =>
        Volatile.Read(ref _counts).Aggregate(default(PacketTally), (sum, counts) => sum + of(counts));

    private sealed class GroupCounts(ulong group)
    {
        public PacketCounts Passed;
        public PacketCounts Copies;

        public ulong Group { get; } = group;
    }

    private struct PacketCounts
    {
        private long _packets;
        private long _bytes;

        public readonly PacketTally Read() => new(Volatile.Read(in _packets), Volatile.Read(in _bytes));

        public void Add(int bytes)
        {
            Interlocked.Increment(ref _packets);
            Interlocked.Add(ref _bytes, bytes);
        }
    }
}
