using System.Diagnostics;
using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Consumers.Captures.Running;

/// <summary>
/// A capture of a running pipeline as a pcapng file in memory, read out of one ring for each router. Little-endian, with a comment, a queue
/// and an id on each packet, and what was missed in the interfaces' statistics at the end.
/// </summary>
/// <remarks>
/// One thread writes it (<see cref="Take"/>, <see cref="End"/>). Any number read it, on any thread, also while it grows. A file that
/// forgets has one reader, goes on without end in bounded memory, and misses packets where its reader is slow.
/// </remarks>
[DebuggerDisplay("{Packets} packets, {Missed} missed")]
public sealed partial class RunningCapture
{
    /// <summary>The most bytes of a packet: Wireshark takes no block above 262144 bytes from a pipe, and a comment needs room.</summary>
    public const int MostSnapLength = MostBlockBytes - 2048;

    private const int MostBlockBytes = 262_144;

    private readonly PcapngLayout _layout = new();
    private readonly CaptureStore _store;
    private readonly Dictionary<NicInterface, CapturedInterface> _interfaces = new(ReferenceEqualityComparer.Instance);
    private IReadOnlyList<CaptureRing> _rings;
    private readonly Counts[] _counts;
    private readonly int _snapLength;
    private readonly long _mostPackets;
    private readonly long _mostBytes;
    private readonly bool _forgets;
    private long _toldMissed;
    private long _written;
    private long _packets;
    private long _missed;
    private bool _isFullOfBytes;

    /// <param name="rings">A ring for each router, in the order of their queues.</param>
    /// <param name="snapLength">The most bytes of a packet, 1 to <see cref="MostSnapLength"/>.</param>
    /// <param name="mostPackets">It is full with so many packets.</param>
    /// <param name="mostBytes">
    /// It is full when another packet would make the file longer, with the statistics at its end. One that forgets takes no packet while
    /// more bytes would wait for its reader.
    /// </param>
    /// <param name="forgets">Whether it forgets what its one reader has read, by the place that is read from next.</param>
    public RunningCapture(IReadOnlyList<CaptureRing> rings, int snapLength, long mostPackets, long mostBytes, bool forgets = false)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(snapLength, MostSnapLength);
        (_rings, _snapLength, _mostPackets, _mostBytes, _forgets) = (rings, snapLength, mostPackets, mostBytes, forgets);
        _store = new CaptureStore(forgets);
        _counts = new Counts[rings.Count];
        WriteStart();
        _store.Publish();
    }

    /// <summary>Packets that readers find in the file. Any thread.</summary>
    public long Packets => Volatile.Read(ref _packets);

    /// <summary>Packets that were to be in the file and for which a ring had no room. Any thread.</summary>
    public long Missed => Volatile.Read(ref _missed);

    /// <summary>The bytes of the file so far. Any thread.</summary>
    public long Bytes => _store.Length;

    /// <summary>Whether it has as many packets as it may have, or another packet would have made the file too long.</summary>
    public bool IsFull => (_isFullOfBytes && !_forgets) || _written >= _mostPackets;

    /// <summary>Whether it forgets, and packets wait in rings until its reader has read more.</summary>
    public bool WaitsForReader => _isFullOfBytes && _forgets;

    /// <summary>Describes interfaces at once, so that readers can begin before the first packet. Before anything is taken.</summary>
    /// <param name="known">
    /// The source's. Those of another link type than the first are described with their first packet, because tools refuse a file that
    /// describes several and has packets of one.
    /// </param>
    public void Begin(IEnumerable<NicInterface> known)
    {
        NicInterface? first = null;
        foreach (var one in known)
        {
            if (_layout.Refuse(one) is null && (first ??= one).LinkType == one.LinkType) Described(one);
        }

        _store.Publish();
    }

    /// <summary>Writes what was missed so far into the file, if that has grown since it was last written.</summary>
    public void TellMissed()
    {
        if (_toldMissed == Missed || WaitsForReader) return;
        WriteStatistics();
        _store.Publish();
    }

    /// <summary>Writes what waits in the rings, the oldest first as far as that is known.</summary>
    /// <param name="most">The most packets to write, so that readers get them in pieces.</param>
    /// <returns>Whether there may be more.</returns>
    public bool Take(int most)
    {
        var taken = 0;
        while (taken < most && !IsFull && Oldest() is >= 0 and var queue && Write(queue)) taken++;
        CountMissed();
        _store.Publish();
        // Whoever sees the number finds as many packets in the file.
        Volatile.Write(ref _packets, _written);
        return taken == most && !IsFull;
    }

    /// <summary>Writes the end of the file. Nothing can be taken after it.</summary>
    /// <param name="known">Interfaces one of which is described if no packet came: tools refuse a file that describes none.</param>
    public void End(IEnumerable<NicInterface> known)
    {
        // What lies behind the last packet of a full capture was not missed: it was not asked for.
        for (var i = 0; i < _rings.Count && !IsFull; i++) _counts[i].Seen = _rings[i].Offered;
        CountMissed();
        MissedOfInterfaces();
        if (_interfaces.Count == 0 && known.FirstOrDefault(i => _layout.Refuse(i) is null) is { } first) Described(first);
        WriteStatistics();
        Close();
    }

    /// <summary>Lets readers come to the end, also where <see cref="End"/> could not be called, and lets go of the rings.</summary>
    public void Close()
    {
        _store.Publish(isLast: true);
        _rings = [];
    }

    /// <summary>Reads the file. Any thread.</summary>
    /// <param name="at">A place in it, in bytes.</param>
    /// <param name="into">Where the bytes go.</param>
    /// <returns>The number of bytes read; 0 where there are none yet, or never will be.</returns>
    public int Read(long at, Span<byte> into) => _store.Read(at, into);

    /// <summary>Waits until there is something to read. Any thread.</summary>
    /// <param name="at">A place in the file, in bytes.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>False at the end of the file.</returns>
    public ValueTask<bool> WaitBeyond(long at, CancellationToken stop = default) => _store.WaitBeyond(at, stop);

    private int Oldest()
    {
        var (oldest, time) = (-1, long.MaxValue);
        for (var i = 0; i < _rings.Count; i++)
        {
            if (!_rings[i].HasNext || (oldest >= 0 && _rings[i].Next.Packet.TimestampNanoseconds >= time)) continue;
            (oldest, time) = (i, _rings[i].Next.Packet.TimestampNanoseconds);
        }

        return oldest;
    }

    /// <returns>False where the file has no room for the packet, which stays in its ring.</returns>
    private bool Write(int queue)
    {
        var ring = _rings[queue];
        ref readonly var record = ref ring.Next;
        if (_layout.Refuse(record.Interface) is null)
        {
            if (!TryWrite(record, ring.NextBytes, queue)) return false;
            _written++;
            _counts[queue].Written++;
        }

        _counts[queue].Seen = record.Sequence;
        ring.Release();
        return true;
    }

    /// <summary>What a router missed counts for the interface that its packets came in on last: there is one, but for files.</summary>
    private Dictionary<NicInterface, long> MissedOfInterfaces()
    {
        var missed = new Dictionary<NicInterface, long>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < _rings.Count; i++)
        {
            if (_counts[i].Missed == 0 || _rings[i].LastInterface is not { } last || _layout.Refuse(last) is not null) continue;
            missed[last] = missed.GetValueOrDefault(last) + _counts[i].Missed;
            Described(last);
        }

        return missed;
    }

    private void CountMissed()
    {
        var missed = 0L;
        foreach (var count in _counts) missed += count.Missed;
        Volatile.Write(ref _missed, missed);
    }

    /// <summary>Of one ring: how far its packets have been seen, and how many of them are in the file.</summary>
    private struct Counts
    {
        public long Seen;
        public long Written;

        public readonly long Missed => Seen - Written;
    }
}
