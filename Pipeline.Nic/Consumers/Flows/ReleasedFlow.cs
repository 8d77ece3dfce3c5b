using System.Diagnostics;
using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Consumers.Flows;

/// <summary>
/// A flow that consumers have seen enough of, and what became of its packets since. What it is never changes; its counts do. Any thread.
/// </summary>
/// <remarks>
/// It is an object, one for each release and none for a packet, so that a router may still read one that has just ended: the garbage
/// collector keeps it for as long as somebody looks at it.
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
    private Counts _counts;

    internal ReleasedFlow(FlowKey key, uint hash, int generation, ulong group, long idleTicks, long now, DateTimeOffset since, long id)
    {
        (_key, _hash, _groups, _idleTicks, _lastSeen) = (key, hash, group, idleTicks, now);
        (Generation, Since, Id) = (generation, since, id);
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
    public long Seen => Volatile.Read(ref _counts.Seen);

    /// <summary>Packets left to the normal stack instead of their final consumer.</summary>
    public PacketTally Passed => new(Volatile.Read(ref _counts.Passed), Volatile.Read(ref _counts.PassedBytes));

    /// <summary>Copies that were not made.</summary>
    public PacketTally Copies => new(Volatile.Read(ref _counts.Copies), Volatile.Read(ref _counts.CopiesBytes));

    /// <summary>Packets that their consumer got all the same, because they had been taken from the normal stack already.</summary>
    public PacketTally Late => new(Volatile.Read(ref _counts.Late), Volatile.Read(ref _counts.LateBytes));

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

    /// <summary>Notes a packet. Nothing is written while it would change little, because several CPUs share the line.</summary>
    internal void Touch(long now)
    {
        if (now - LastSeen > _idleTicks >> 4) Volatile.Write(ref _lastSeen, now);
    }

    internal void AddGroup(ulong group) => Interlocked.Or(ref _groups, group);

    internal void AddSeen(long packets)
    {
        if (packets > 0) Interlocked.Add(ref _counts.Seen, packets);
    }

    /// <summary>Counts one packet as left to the normal stack.</summary>
    public void CountPassed(int bytes)
    {
        Interlocked.Increment(ref _counts.Passed);
        Interlocked.Add(ref _counts.PassedBytes, bytes);
    }

    /// <summary>Counts copies of one packet that were not made.</summary>
    public void CountCopies(int copies, int bytes)
    {
        Interlocked.Add(ref _counts.Copies, copies);
        Interlocked.Add(ref _counts.CopiesBytes, (long)copies * bytes);
    }

    /// <summary>Counts one packet that its consumer gets all the same.</summary>
    public void CountLate(int bytes)
    {
        Interlocked.Increment(ref _counts.Late);
        Interlocked.Add(ref _counts.LateBytes, bytes);
    }

    private struct Counts
    {
        public long Seen;
        public long Passed;
        public long PassedBytes;
        public long Copies;
        public long CopiesBytes;
        public long Late;
        public long LateBytes;
    }
}
