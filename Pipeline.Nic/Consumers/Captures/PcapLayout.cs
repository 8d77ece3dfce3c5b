using System.Runtime.CompilerServices;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>
/// A pcap file, little-endian, by draft-ietf-opsawg-pcap (sections 4 and 5). It is always the variant with nanoseconds: the other would
/// lose precision. libpcap has read it since 1.5, and Wireshark for longer.
/// </summary>
internal sealed unsafe class PcapLayout() : CaptureLayout(RecordHeaderBytes, RecordHeaderBytes, 1)
{
    private const uint NanosecondMagic = 0xA1B23C4D;
    private const int HeaderBytes = 24;
    private const int RecordHeaderBytes = 16;
    private const uint FcsIsKnown = 0x04000000;
    private const int FcsShift = 28;
    private const int MostFcsUnits = 15;
    private const ulong NanosecondsToSecond = 1_000_000_000;

    /// <summary>The last nanosecond before the 32 bits of seconds run over, in the year 2106.</summary>
    private const ulong LastTime = ((1UL << 32) * NanosecondsToSecond) - 1;

    private NicInterface? _first;

    public override NicInterface? Default { get; } = new(0, "none", LinkType.Ethernet, 0);

    public override bool HasSections => false;

    public override bool TakesMetadata => false;

    public override string? Refuse(NicInterface nicInterface)
    {
        if (_first is null) return null;
        if (_first.LinkType == nicInterface.LinkType) return _first.FcsBytes == nicInterface.FcsBytes ? null : RefuseFcs(nicInterface);
        return $"a pcap file holds packets of one link type, here {Words(_first)}, and cannot take those of {Words(nicInterface)}; "
            + "a file named .pcapng can hold both";
    }

    /// <summary>Nothing yet: the header needs a link type.</summary>
    public override int WriteStart(byte* at, ReadOnlySpan<byte> options) => 0;

    public override int WriteInterface(byte* at, CapturedInterface captured)
    {
        if (captured.Id > 0) return 0;
        _first = captured.Source;
        Write(at, NanosecondMagic);
        Write<ushort>(at + 4, 2);
        Write<ushort>(at + 6, 4);
        Write(at + 8, 0UL);
        Write(at + 16, captured.SnapLength);
        Write(at + 20, (uint)_first.LinkType | FcsField(_first.FcsBytes));
        return HeaderBytes;
    }

    public override void WritePacket(byte* at, int size, CapturedInterface of, in Packet packet, ReadOnlySpan<byte> bytes)
    {
        var time = (ulong)packet.TimestampNanoseconds;
        if (time > LastTime) time = Nearest(packet.TimestampNanoseconds);
        var seconds = time / NanosecondsToSecond;
        Write(at, (uint)seconds);
        Write(at + 4, (uint)(time - (seconds * NanosecondsToSecond)));
        Write(at + 8, (uint)bytes.Length);
        Write(at + 12, packet.WireLength);
        bytes.CopyTo(new Span<byte>(at + RecordHeaderBytes, bytes.Length));
    }

    /// <summary>The format has no place for a packet's metadata, and every packet needs a time.</summary>
    public override int WriteUnusual(
        byte* at, CapturedInterface of, in Packet packet, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> cutOff, PacketBlock block,
        Int128 time)
    {
        var size = PacketSize(bytes.Length);
        WritePacket(at, size, of, packet, bytes);
        of.Turn(at + BytesAt, bytes.Length, cutOff);
        if (packet.Has(PacketFlags.NoTimestamp)) TimesMade++;
        return size;
    }

    /// <summary>None: the format has no place for them.</summary>
    public override int WriteStatistics(byte* at, CapturedInterface captured) => 0;

    // Readers apply the header to every packet, so packets with another ending must not be in the file.
    private string RefuseFcs(NicInterface nicInterface) =>
        "a pcap file says for all of its packets how many bytes of frame check sequence end them, and cannot take those of interface "
        + $"{nicInterface.Name} ({Fcs(nicInterface)}) beside those of {_first!.Name} ({Fcs(_first)}); a file named .pcapng can hold both";

    private static string Fcs(NicInterface nicInterface) => nicInterface.FcsBytes is { } bytes ? $"{bytes} bytes" : "not known";

    /// <summary>
    /// The length in units of 16 bits, after a bit that says it is there (section 4). A length that does not fit in four bits is left out.
    /// </summary>
    private static uint FcsField(byte? bytes) =>
        bytes is { } known && known % 2 == 0 && known / 2 <= MostFcsUnits ? FcsIsKnown | ((uint)known / 2 << FcsShift) : 0;

    private ulong Nearest(long time)
    {
        TimesChanged++;
        return time < 0 ? 0 : LastTime;
    }

    private static string Words(NicInterface nicInterface) =>
        Enum.IsDefined(nicInterface.LinkType)
            ? $"{nicInterface.LinkType} (link type {(int)nicInterface.LinkType}, interface {nicInterface.Name})"
            : $"link type {(int)nicInterface.LinkType} (interface {nicInterface.Name})";

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // several for every packet
    private static void Write<T>(byte* at, T value) where T : unmanaged => *(T*)at = value;
}
