using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>
/// A pcapng file, little-endian, by draft-ietf-opsawg-pcapng (section numbers below are the draft's). Times are in nanoseconds.
/// </summary>
internal sealed unsafe class PcapngLayout() : CaptureLayout(PacketOverhead, PacketBytesAt, Alignment)
{
    // 4.1 to 4.6
    private const uint SectionHeaderType = 0x0A0D0D0A;
    private const uint InterfaceType = 1;
    private const uint StatisticsType = 5;
    private const uint EnhancedPacketType = 6;
    private const uint ByteOrderMagic = 0x1A2B3C4D;
    private const int PacketOverhead = 32;
    private const int PacketBytesAt = 28;
    private const int Alignment = 4;

    private const ushort EndOfOptions = 0;
    private const ushort ShbUserAppl = 4;
    private const ushort IfName = 2;
    private const ushort IfTsResol = 9;
    private const ushort IfFcsLen = 13;
    private const ushort IsbStartTime = 2;
    private const ushort IsbEndTime = 3;
    private const ushort IsbIfRecv = 4;
    private const ushort IsbIfDrop = 5;
    private const ushort IsbUsrDeliv = 8;

    /// <summary>if_tsresol: units of 10^-9 s.</summary>
    private const byte Nanoseconds = 9;

    // No system has interface names this long; a capture may claim one, and it is cut.
    private const int MostNameBytes = 4096;

    private static readonly string Application = $"pipeline {typeof(PcapngLayout).Assembly.GetName().Version?.ToString(3)}";

    public override NicInterface? Default => null;

    public override bool HasSections => true;

    public override string? Refuse(NicInterface nicInterface) =>
        (uint)nicInterface.LinkType <= ushort.MaxValue ? null : $"pcapng has no place for link type {(int)nicInterface.LinkType}, which takes more than 16 bits";

    /// <summary>4.1, with the length of the section left open, as for a pipe.</summary>
    public override int WriteStart(byte* at)
    {
        Write(at + 8, ByteOrderMagic);
        Write<ushort>(at + 12, 1);
        Write<ushort>(at + 14, 0);
        Write(at + 16, -1L);
        return Close(at, SectionHeaderType, End(Text(at + 24, ShbUserAppl, Application)));
    }

    /// <summary>4.2</summary>
    public override int WriteInterface(byte* at, NicInterface nicInterface, int id, uint snapLength)
    {
        Write(at + 8, (ushort)nicInterface.LinkType);
        Write<ushort>(at + 10, 0);
        Write(at + 12, snapLength);
        var options = Text(at + 16, IfName, nicInterface.Name);
        options = Byte(options, IfTsResol, Nanoseconds);
        if (nicInterface.FcsBytes is { } fcsBytes) options = Byte(options, IfFcsLen, fcsBytes);
        return Close(at, InterfaceType, End(options));
    }

    /// <summary>4.3</summary>
    public override void WritePacket(byte* at, int size, int interfaceId, in Packet packet, ReadOnlySpan<byte> bytes)
    {
        // The last word of the data first: what of it the packet does not cover is the padding, which has to be 0.
        Write(at + size - 8, 0u);
        Write(at, EnhancedPacketType);
        Write(at + 4, (uint)size);
        Write(at + 8, (uint)interfaceId);
        Time(at + 12, packet.TimestampNanoseconds);
        Write(at + 20, (uint)bytes.Length);
        Write(at + 24, packet.WireLength);
        bytes.CopyTo(new Span<byte>(at + PacketBytesAt, bytes.Length));
        Write(at + size - 4, (uint)size);
    }

    /// <summary>4.6</summary>
    public override int WriteStatistics(byte* at, CapturedInterface captured)
    {
        Write(at + 8, (uint)captured.Id);
        Time(at + 12, captured.LastTimestamp);
        var options = at + 20;
        if (captured.HasTimes)
        {
            options = Option(options, IsbStartTime);
            Time(options - 8, captured.FirstTimestamp);
            options = Option(options, IsbEndTime);
            Time(options - 8, captured.LastTimestamp);
        }

        options = Number(options, IsbIfRecv, captured.Source.Received);
        options = Number(options, IsbIfDrop, captured.Source.Dropped);
        options = Number(options, IsbUsrDeliv, captured.Written);
        return Close(at, StatisticsType, End(options));
    }

    private static int Padded(int length) => (length + Alignment - 1) & -Alignment;

    private static void Write<T>(byte* at, T value) where T : unmanaged => Unsafe.WriteUnaligned(at, value);

    private static void Time(byte* at, long nanoseconds)
    {
        Write(at, (uint)((ulong)nanoseconds >> 32));
        Write(at + 4, (uint)nanoseconds);
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

    /// <summary>A value of one byte, and three that pad it.</summary>
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
