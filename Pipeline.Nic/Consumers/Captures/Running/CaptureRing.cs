using System.Diagnostics;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers.Captures.Running;

/// <summary>
/// Copies of packets on their way from one router to one capture. The router's thread writes, one other thread reads; neither waits for the
/// other. What does not fit is missed, and counted. It allocates nothing once it is made, and keeps no page.
/// </summary>
[DebuggerDisplay("{Offered} offered")]
public sealed class CaptureRing
{
    private readonly byte[] _bytes;
    private readonly CaptureRecord[] _records;
    private readonly int _snapLength;

    // The writer's own, and what it knows of the reader's places. Positions count on and are never turned back.
    private long _writeAt;
    private long _written;
    private long _offered;
    private NicInterface? _last;
    private long _publishedOffered;
    private long _publishedWritten;

    // The reader's own.
    private long _read;
    private long _readAt;

    /// <param name="packets">The most packets it holds, at least 1.</param>
    /// <param name="bytes">The most bytes it holds.</param>
    /// <param name="snapLength">The most bytes copied of a packet, at least 1. They must fit in twice.</param>
    public CaptureRing(int packets, int bytes, int snapLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(packets, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(snapLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 2 * (snapLength + HostOrderHeader.MostFieldBytes));
        _records = new CaptureRecord[packets];
        _bytes = new byte[bytes];
        _snapLength = snapLength;
    }

    /// <summary>Packets that it was to take, also those that did not fit. Any thread.</summary>
    public long Offered => Volatile.Read(ref _publishedOffered);

    /// <summary>The interface of the packet that it was to take last; null before the first. Any thread.</summary>
    public NicInterface? LastInterface => Volatile.Read(ref _last);

    /// <summary>Copies a packet, or counts it as missed where it does not fit. Only for the router's thread, with the bundle.</summary>
    /// <param name="bundle">The packet's.</param>
    /// <param name="packet">One of its packets, or a copy of the descriptor.</param>
    /// <param name="route">The consumer that its route leads to; null where none does.</param>
    /// <param name="reason">Why it was dropped; null where it was not.</param>
    /// <param name="isCopy">Whether it goes along that route as a copy.</param>
    public void Write(PageBundle bundle, in Packet packet, string? route, DropReason? reason = null, bool isCopy = false)
    {
        Miss(bundle.Interface);
        if (_written - Volatile.Read(ref _read) == _records.Length) return;
        var captured = bundle.BytesOf(packet);
        var length = Math.Min(captured.Length, _snapLength + (bundle.Interface.IsBigEndian ? HostOrderHeader.MostFieldBytes - 1 : 0));
        if (!TryPlace(length, out var start)) return;

        var copy = _bytes.AsSpan(start, length);
        captured[..length].CopyTo(copy);
        if (packet.Has(PacketFlags.ChecksumPending)) PendingChecksum.Complete(bundle.Interface.LinkType, captured, copy);
        ref var record = ref _records[_written % _records.Length];
        record.Packet = packet;
        record.Interface = bundle.Interface;
        record.Note.Take(bundle, packet, route, reason, isCopy);
        (record.Sequence, record.Start, record.Length, record.End) = (_offered, start, length, _writeAt);
        Volatile.Write(ref _publishedWritten, ++_written);
    }

    /// <summary>Counts a packet that cannot be taken. Only for the router's thread.</summary>
    public void Miss(NicInterface nicInterface)
    {
        if (!ReferenceEquals(_last, nicInterface)) Volatile.Write(ref _last, nicInterface);
        Volatile.Write(ref _publishedOffered, ++_offered);
    }

    /// <summary>Whether there is a packet to read. Only for the reader, as all that follows.</summary>
    internal bool HasNext => _read < Volatile.Read(ref _publishedWritten);

    /// <summary>The oldest packet. Only while <see cref="HasNext"/>.</summary>
    internal ref readonly CaptureRecord Next => ref _records[_read % _records.Length];

    /// <summary>The copied bytes of <see cref="Next"/>.</summary>
    internal ReadOnlySpan<byte> NextBytes => _bytes.AsSpan(Next.Start, Next.Length);

    /// <summary>Gives the room of <see cref="Next"/> back to the writer.</summary>
    internal void Release()
    {
        ref var record = ref _records[_read % _records.Length];
        Volatile.Write(ref _readAt, record.End);
        record.Note.Forget();
        record.Interface = NicInterface.Unknown;
        Volatile.Write(ref _read, _read + 1);
    }

    /// <summary>A packet's bytes lie in one piece, so the rest of the memory is passed over where they do not fit into it.</summary>
    private bool TryPlace(int length, out int start)
    {
        var at = _writeAt;
        start = (int)(at % _bytes.Length);
        if (start + length > _bytes.Length) (at, start) = (at + _bytes.Length - start, 0);
        if (at + length - Volatile.Read(ref _readAt) > _bytes.Length) return false;
        _writeAt = at + length;
        return true;
    }
}
