using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>Blocks that say where a packet was seen, for captures of a running pipeline.</summary>
internal sealed unsafe partial class PcapngLayout
{
    /// <summary>Room for the options of <see cref="WriteNoted"/>, besides the comment's bytes.</summary>
    public const int MostNoteBytes = 40;

    private const ushort Comment = 1;
    private const ushort EpbPacketId = 5;
    private const ushort EpbQueue = 6;

    /// <summary>4.3, with a comment, a packet id and a queue.</summary>
    /// <param name="at">
    /// Room for what <see cref="CaptureLayout.PacketSize"/> says, the comment, <see cref="MostNoteBytes"/>, and
    /// <see cref="HostOrderHeader.MostFieldBytes"/>.
    /// </param>
    /// <param name="cutOff">The captured bytes after those to write, as far as a field is cut by the end.</param>
    /// <param name="comment">In UTF-8.</param>
    /// <returns>The block's bytes.</returns>
    public int WriteNoted(
        byte* at, CapturedInterface of, in Packet packet, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> cutOff, ReadOnlySpan<byte> comment,
        long id, int queue)
    {
        var size = PacketSize(bytes.Length);
        var ticks = packet.Has(PacketFlags.NoTimestamp) ? 0 : of.Ticks(packet.TimestampNanoseconds);
        Enhanced(at, size, of, ticks, packet.WireLength, bytes);
        of.Turn(at + PacketBytesAt, bytes.Length, cutOff);
        var options = Number(Text(at + size - 4, Comment, comment), EpbPacketId, id);
        Write(options, EpbQueue);
        Write<ushort>(options + 2, sizeof(uint));
        Write(options + 4, (uint)queue);
        return Close(at, EnhancedPacketType, End(options + 8));
    }

    /// <summary>4.6, with counts that are the capture's own.</summary>
    /// <param name="time">Nanoseconds since 1970.</param>
    /// <param name="missed">Packets that were to be captured and are not in the file.</param>
    /// <returns>The block's bytes.</returns>
    public static int WriteStatistics(byte* at, CapturedInterface captured, long time, long missed)
    {
        Write(at + 8, (uint)captured.Id);
        Time(at + 12, captured.Ticks(time));
        var options = at + 20;
        if (captured.HasTimes)
        {
            options = TimeOption(options, IsbStartTime, captured, captured.FirstTimestamp);
            options = TimeOption(options, IsbEndTime, captured, captured.LastTimestamp);
        }

        options = Number(options, IsbIfRecv, captured.Written + missed);
        options = Number(options, IsbIfDrop, missed);
        options = Number(options, IsbUsrDeliv, captured.Written);
        return Close(at, StatisticsType, End(options));
    }

    private static byte* Text(byte* at, ushort code, ReadOnlySpan<byte> text)
    {
        Write(at, code);
        Write(at + 2, (ushort)text.Length);
        text.CopyTo(new Span<byte>(at + 4, text.Length));
        new Span<byte>(at + 4 + text.Length, Padded(text.Length) - text.Length).Clear();
        return at + 4 + Padded(text.Length);
    }
}
