using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Pcapng;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>
/// A pcapng file, little-endian, by draft-ietf-opsawg-pcapng (section numbers below are the draft's). Times are in nanoseconds.
/// </summary>
internal sealed unsafe partial class PcapngLayout() : CaptureLayout(PacketOverhead, PacketBytesAt, Alignment)
{
    // 4.1 to 4.6
    private const uint SectionHeaderType = 0x0A0D0D0A;
    private const uint InterfaceType = 1;
    private const uint SimplePacketType = 3;
    private const uint StatisticsType = 5;
    private const uint EnhancedPacketType = 6;
    private const uint ByteOrderMagic = 0x1A2B3C4D;
    private const int PacketOverhead = 32;
    private const int PacketBytesAt = 28;
    private const int SimpleBytesAt = 12;
    private const int Alignment = 4;

    private const ushort EndOfOptions = 0;
    private const ushort ShbUserAppl = 4;
    private const ushort IfName = 2;
    private const ushort IfTsResol = 9;
    private const ushort IfFcsLen = 13;
    private const ushort IfTsOffset = 14;
    private const ushort IsbStartTime = 2;
    private const ushort IsbEndTime = 3;
    private const ushort IsbIfRecv = 4;
    private const ushort IsbIfDrop = 5;
    private const ushort IsbUsrDeliv = 8;

    /// <summary>if_tsresol: units of 10^-9 s.</summary>
    private const byte Nanoseconds = 9;

    // No system has interface names this long; a capture can claim one, and it is cut.
    private const int MostNameBytes = 4096;

    private static readonly string Application = $"pipeline {typeof(PcapngLayout).Assembly.GetName().Version?.ToString(3)}";

    public override NicInterface? Default => null;

    public override bool HasSections => true;

    public override bool TakesMetadata => true;

    public override string? Refuse(NicInterface nicInterface) =>
        (uint)nicInterface.LinkType <= ushort.MaxValue
            ? null
            : $"pcapng has no place for link type {(int)nicInterface.LinkType}, which takes more than 16 bits";

    /// <summary>4.1, with the length of the section left open, as for a pipe.</summary>
    public override int WriteStart(byte* at, ReadOnlySpan<byte> options)
    {
        Write(at + 8, ByteOrderMagic);
        Write<ushort>(at + 12, 1);
        Write<ushort>(at + 14, 0);
        Write(at + 16, -1L);
        var end = Copy(at + 24, options);
        // The original capturer's name is worth more than the copier's.
        return Close(at, SectionHeaderType, End(Has(options, ShbUserAppl) ? end : Text(end, ShbUserAppl, Application)));
    }

    /// <summary>4.2. An interface without a name in its capture gets none.</summary>
    public override int WriteInterface(byte* at, CapturedInterface captured)
    {
        var source = captured.Source;
        Write(at + 8, (ushort)source.LinkType);
        Write<ushort>(at + 10, 0);
        Write(at + 12, captured.SnapLength);
        var options = source.Description is { } description ? Copy(at + 16, description.Options) : Text(at + 16, IfName, source.Name);
        options = Byte(options, IfTsResol, Nanoseconds);
        if (source.FcsBytes is { } fcsBytes) options = Byte(options, IfFcsLen, fcsBytes);
        if (captured.OffsetSeconds != 0) options = Number(options, IfTsOffset, captured.OffsetSeconds);
        return Close(at, InterfaceType, End(options));
    }

    /// <summary>4.3</summary>
    public override void WritePacket(byte* at, int size, CapturedInterface of, in Packet packet, ReadOnlySpan<byte> bytes)
    {
        Enhanced(at, size, of, (ulong)(packet.TimestampNanoseconds - of.LeastTime), packet.WireLength, bytes);
        Write(at, EnhancedPacketType);
        Write(at + 4, (uint)size);
        Write(at + size - 4, (uint)size);
    }

    /// <summary>4.3, and 4.4 for packets without a time.</summary>
    public override int WriteUnusual(
        byte* at, CapturedInterface of, in Packet packet, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> cutOff, PacketBlock block,
        Int128 time)
    {
        var hasTime = !packet.Has(PacketFlags.NoTimestamp);
        // A simple packet block belongs to the first interface, and has all of the packet up to that interface's snap length.
        if (!hasTime && of.Id == 0 && bytes.Length == Math.Min(packet.WireLength, of.SnapLength))
            return Simple(at, of, packet.WireLength, bytes, cutOff);
        if (!hasTime) (time, TimesMade) = (0, TimesMade + 1);
        else if (!of.Holds(time)) TimesChanged++;
        var size = PacketSize(bytes.Length);
        Enhanced(at, size, of, of.Ticks(time), packet.WireLength, bytes);
        of.Turn(at + PacketBytesAt, bytes.Length, cutOff);
        var options = at + size - 4;
        var written = block.CopyOptions(new Span<byte>(options, block.MostOptionBytes));
        return Close(at, EnhancedPacketType, written > 0 ? End(options + written) : options);
    }

    /// <summary>
    /// 4.6. The packets that a file's interface received and lost are known only as far as the file says. If no packet has a time, nothing
    /// is written.
    /// </summary>
    public override int WriteStatistics(byte* at, CapturedInterface captured)
    {
        var said = captured.Source.Description?.Statistics;
        if (said is null && !captured.HasTimes) return 0;
        Write(at + 8, (uint)captured.Id);
        Time(at + 12, captured.Ticks(said?.Time ?? captured.LastTimestamp));
        var options = captured.Source.Description is null ? Counted(at + 20, captured) : Handed(at + 20, captured, said);
        options = Number(options, IsbUsrDeliv, captured.Written);
        return Close(at, StatisticsType, End(options));
    }

    private static byte* Counted(byte* options, CapturedInterface captured)
    {
        options = TimeOption(options, IsbStartTime, captured, captured.FirstTimestamp);
        options = TimeOption(options, IsbEndTime, captured, captured.LastTimestamp);
        options = Number(options, IsbIfRecv, captured.Source.Received);
        return Number(options, IsbIfDrop, captured.Source.Dropped);
    }

    private static byte* Handed(byte* options, CapturedInterface captured, InterfaceStatistics? said)
    {
        for (var code = InterfaceStatistics.Start; said is not null && code <= InterfaceStatistics.OsDropped; code++)
        {
            if (said[code] is not { } value) continue;
            options = code <= InterfaceStatistics.End
                ? TimeOption(options, code, captured, (long)value)
                : Number(options, code, (long)value);
        }

        return options;
    }

    private static int Simple(byte* at, CapturedInterface of, uint wire, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> cutOff)
    {
        var end = at + SimpleBytesAt + Padded(bytes.Length);
        if (bytes.Length > 0) Write(end - 4, 0u);
        Write(at + 8, wire);
        bytes.CopyTo(new Span<byte>(at + SimpleBytesAt, bytes.Length));
        of.Turn(at + SimpleBytesAt, bytes.Length, cutOff);
        return Close(at, SimplePacketType, end);
    }

    /// <summary>All of an enhanced packet block but its type and length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Enhanced(byte* at, int size, CapturedInterface of, ulong ticks, uint wire, ReadOnlySpan<byte> bytes)
    {
        // The last word of the data is written first: the part that the packet does not cover is the padding, which must be 0.
        Write(at + size - 8, 0u);
        Write(at + 8, (uint)of.Id);
        Time(at + 12, ticks);
        Write(at + 20, (uint)bytes.Length);
        Write(at + 24, wire);
        bytes.CopyTo(new Span<byte>(at + PacketBytesAt, bytes.Length));
    }

    private static int Padded(int length) => (length + Alignment - 1) & -Alignment;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // several for every packet
    private static void Write<T>(byte* at, T value) where T : unmanaged => *(T*)at = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // once for every packet
    private static void Time(byte* at, ulong ticks)
    {
        Write(at, (uint)(ticks >> 32));
        Write(at + 4, (uint)ticks);
    }

    private static byte* TimeOption(byte* at, ushort code, CapturedInterface captured, long nanoseconds)
    {
        Time(at + 4, captured.Ticks(nanoseconds));
        return Option(at, code);
    }

    private static byte* Copy(byte* at, ReadOnlySpan<byte> options)
    {
        options.CopyTo(new Span<byte>(at, options.Length));
        return at + options.Length;
    }

    private static bool Has(ReadOnlySpan<byte> options, ushort code)
    {
        var each = new PcapngOptions(options, isBigEndian: false);
        while (each.Next())
        {
            if (each.Code == code) return true;
        }

        return false;
    }

    private static byte* Text(byte* at, ushort code, string text)
    {
        Utf8.FromUtf16(text, new Span<byte>(at + 4, MostNameBytes), out _, out var length);
        if (length == 0) return at;
        Write(at, code);
        Write(at + 2, (ushort)length);
        new Span<byte>(at + 4 + length, Padded(length) - length).Clear();
        return at + 4 + Padded(length);
    }

    /// <summary>A value of one byte, and three bytes of padding.</summary>
    private static byte* Byte(byte* at, ushort code, byte value)
    {
        Write(at, code);
        Write<ushort>(at + 2, 1);
        Write<uint>(at + 4, value);
        return at + 8;
    }

    private static byte* Number(byte* at, ushort code, long value)
    {
        Write(at + 4, value);
        return Option(at, code);
    }

    /// <summary>The head of an option with a value of 8 bytes; returns where the value ends.</summary>
    private static byte* Option(byte* at, ushort code)
    {
        Write(at, code);
        Write<ushort>(at + 2, 8);
        return at + 12;
    }

    private static byte* End(byte* at)
    {
        Write(at, (uint)EndOfOptions);
        return at + 4;
    }

    private static int Close(byte* at, uint type, byte* end)
    {
        var size = (int)(end - at) + 4;
        Write(at, type);
        Write(at + 4, (uint)size);
        Write(end, (uint)size);
        return size;
    }
}
