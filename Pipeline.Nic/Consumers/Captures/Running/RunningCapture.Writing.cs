using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers.Printing;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers.Captures.Running;

/// <summary>Writes the blocks of the file.</summary>
public sealed unsafe partial class RunningCapture
{
    private const int MostCommentBytes = 1024;

    /// <summary>A statistics block with its three times of 12 and its three counts of 12 bytes has 92.</summary>
    private const int MostStatisticsBytes = 96;

    private byte[] _block = new byte[CaptureLayout.MostHeaderBytes];

    private void WriteStart()
    {
        fixed (byte* at = _block) Append(_layout.WriteStart(at, default));
    }

    /// <returns>False where the file has no room for it.</returns>
    private bool TryWrite(in CaptureRecord record, ReadOnlySpan<byte> bytes, int queue)
    {
        Span<byte> comment = stackalloc byte[MostCommentBytes];
        var text = new LineText(comment);
        record.Note.Write(ref text, record.Packet);
        var written = bytes[..Math.Min(bytes.Length, _snapLength)];
        var most = _layout.PacketSize(written.Length) + text.Length + PcapngLayout.MostNoteBytes + HostOrderHeader.MostFieldBytes;
        var of = Described(record.Interface);
        _isFullOfBytes = (_forgets ? _store.Waiting : _store.Appended) + most + (_interfaces.Count * MostStatisticsBytes) > _mostBytes;
        if (_isFullOfBytes) return false;
        MakeRoom(most);
        var rest = bytes[written.Length..];
        var id = IdOf(queue, record.Sequence);
        fixed (byte* at = _block)
            Append(_layout.WriteNoted(at, of, record.Packet, written, rest, comment[..text.Length], id, queue));
        of.Written++;
        if (!record.Packet.Has(PacketFlags.NoTimestamp)) of.Saw(record.Packet);
        return true;
    }

    /// <summary>The queue is part of the id, because each of them counts for itself.</summary>
    private static long IdOf(int queue, long sequence) => ((long)queue << 48) | sequence;

    private CapturedInterface Described(NicInterface source)
    {
        if (_interfaces.TryGetValue(source, out var known)) return known;
        var captured = new CapturedInterface(source, Math.Min(0, source.Description?.Time.OffsetSeconds ?? 0))
        {
            Id = _interfaces.Count,
            SnapLength = (uint)_snapLength,
        };
        MakeRoom(CaptureLayout.MostHeaderBytes + (source.Description?.Options.Length ?? 0));
        fixed (byte* at = _block) Append(_layout.WriteInterface(at, captured));
        return _interfaces[source] = captured;
    }

    private void WriteStatistics()
    {
        _toldMissed = Missed;
        var missed = MissedOfInterfaces();
        foreach (var (source, captured) in _interfaces.OrderBy(i => i.Value.Id))
            WriteStatistics(captured, missed.GetValueOrDefault(source));
    }

    private void WriteStatistics(CapturedInterface captured, long missed)
    {
        MakeRoom(CaptureLayout.MostHeaderBytes);
        var time = captured.HasTimes ? captured.LastTimestamp : TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
        fixed (byte* at = _block) Append(PcapngLayout.WriteStatistics(at, captured, time, missed));
    }

    private void MakeRoom(int bytes)
    {
        if (_block.Length < bytes) _block = new byte[Math.Max(bytes, 2 * _block.Length)];
    }

    private void Append(int bytes) => _store.Append(_block.AsSpan(0, bytes));
}
