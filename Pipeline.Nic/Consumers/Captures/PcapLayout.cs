using System.Runtime.CompilerServices;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>
/// A pcap file, little-endian, by draft-ietf-opsawg-pcap (sections 4 and 5). Always the variant with nanoseconds, which libpcap reads
/// since 1.5 and Wireshark for longer: the other would lose what the source knew.
/// </summary>
internal sealed unsafe class PcapLayout() : CaptureLayout(RecordHeaderBytes, 1)
{
    private const uint NanosecondMagic = 0xA1B23C4D;
    private const int HeaderBytes = 24;
    private const int RecordHeaderBytes = 16;
    private const ulong NanosecondsToSecond = 1_000_000_000;

    /// <summary>The last nanosecond before the 32 bits of seconds run over, in the year 2106.</summary>
    private const ulong LastTime = ((1UL << 32) * NanosecondsToSecond) - 1;

    private NicInterface? _first;

    public override NicInterface? Default { get; } = new(0, "none", LinkType.Ethernet, 0);

    /// <summary>Packets whose time the format cannot hold, and which were written with the nearest that it can.</summary>
    public long TimesChanged { get; private set; }

    public override string? Refuse(NicInterface nicInterface)
    {
        if (_first is null || _first.LinkType == nicInterface.LinkType) return null;
        return $"a pcap file holds packets of one link type, here {Words(_first)}, and cannot take those of {Words(nicInterface)}; "
            + "a file named .pcapng can hold both";
    }

    /// <summary>Nothing yet: the header needs a link type.</summary>
    public override int WriteStart(byte* at) => 0;

    public override int WriteInterface(byte* at, NicInterface nicInterface, int id, uint snapLength)
    {
        if (id > 0) return 0;
        _first = nicInterface;
        Write(at, NanosecondMagic);
        Write<ushort>(at + 4, 2);
        Write<ushort>(at + 6, 4);
        Write(at + 8, 0UL);
        Write(at + 16, snapLength);
        Write(at + 20, (uint)nicInterface.LinkType);
        return HeaderBytes;
    }

    public override void WritePacket(byte* at, int size, int interfaceId, in Packet packet, ReadOnlySpan<byte> bytes)
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

    /// <summary>None: the format has no place for them.</summary>
    public override int WriteStatistics(byte* at, CapturedInterface captured) => 0;

    private ulong Nearest(long time)
    {
        TimesChanged++;
        return time < 0 ? 0 : LastTime;
    }

    private static string Words(NicInterface nicInterface) =>
        Enum.IsDefined(nicInterface.LinkType)
            ? $"{nicInterface.LinkType} (link type {(int)nicInterface.LinkType}, interface {nicInterface.Name})"
            : $"link type {(int)nicInterface.LinkType} (interface {nicInterface.Name})";

    private static void Write<T>(byte* at, T value) where T : unmanaged => Unsafe.WriteUnaligned(at, value);
}
