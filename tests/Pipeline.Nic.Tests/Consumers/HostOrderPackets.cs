using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>Packets whose headers are in the byte order of the host that captured, by hand in either.</summary>
public static class HostOrderPackets
{
    private static readonly byte[] Ip = Bytes(0x45, 0, 0, 28, 0, 9, 0, 0, 64, 17, 0, 0, 192, 0, 2, 77, 198, 51, 100, 8, 0x1f, 0x90, 0x00, 0x45, 0, 8, 0, 0);

    // Network order: the same in both.
    private static readonly byte[] Setup = Bytes(0x80, 6, 0, 1, 0, 0, 0x12, 0);

    /// <summary>The kinds of packets there are, with their link types.</summary>
    public static TheoryData<string, int> Kinds => new()
    {
        { "loopback", 0 }, { "encapsulation", 109 }, { "control", 189 }, { "isochronous", 189 }, { "mapped", 220 }, { "descriptors", 220 },
        { "nflog", 239 }, { "pflog", 117 }, { "short pflog", 117 }, { "can", 113 }, { "can fd", 113 }, { "can xl", 113 }, { "cooked ip", 113 },
        { "can 2", 276 }, { "can xl 2", 276 }, { "cooked ip 2", 276 }, { "ethernet", 1 }, { "loop", 108 }, { "can of its own", 227 },
    };

    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="big">Whether a big-endian host captured it.</param>
    public static byte[] Of(string kind, bool big) => kind switch
    {
        "loopback" => new CaptureBytes(big).U32(2).Raw(Ip).ToArray(),
        "encapsulation" => new CaptureBytes(big).U32(2).Raw(Bytes(0, 0, 0x12, 0x34)).U32(0x01000c00).Raw(Ip).ToArray(),
        "control" => Usb(big, isochronous: false).Raw(Setup).Raw(Bytes(1, 2, 3, 4)).ToArray(),
        "isochronous" => Usb(big, isochronous: true).U32(1).U32(2).ToArray(),
        "mapped" => Usb(big, isochronous: false).Raw(Setup).U32(1).U32(2).U32(3).U32(0).Raw(Bytes(1, 2, 3, 4)).ToArray(),
        "descriptors" => UsbMapped(big, 2),
        "nflog" => Netfilter(big),
        "pflog" => PacketFilter(big, 61),
        "short pflog" => PacketFilter(big, 48),
        "can" => Cooked(0x000c).Raw(CanHead(big)).Raw(Bytes(2, 0, 0, 0, 0x11, 0x22)).ToArray(),
        "can fd" => Cooked(0x000d).Raw(CanHead(big)).Raw(Bytes(2, 4, 0, 0, 0x11, 0x22)).ToArray(),
        "can xl" => Cooked(0x000e).Raw(CanXl(big)).ToArray(),
        "cooked ip" => Cooked(0x0800).Raw(Ip).ToArray(),
        "can 2" => Cooked2(0x000c).Raw(CanHead(big)).Raw(Bytes(2, 0, 0, 0, 0x11, 0x22)).ToArray(),
        "can xl 2" => Cooked2(0x000e).Raw(CanXl(big)).ToArray(),
        "cooked ip 2" => Cooked2(0x0800).Raw(Ip).ToArray(),
        "ethernet" => Bytes(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 1, 2, 3),
        _ => [0, 0, 0, 2, .. Ip],
    };

    private static CaptureBytes Usb(bool big, bool isochronous)
    {
        const uint Id = 0xaabbccdd, Seconds = 1_711_111_111;
        var usb = new CaptureBytes(big);
        U64(usb, big, 0x11223344, Id).Raw(Bytes(0x43, isochronous ? (byte)0 : (byte)2, 0x82, 9)).U16(0x0102).Raw(Bytes(0x2d, 0));
        return U64(usb, big, 0, Seconds).U32(654_321).U32(unchecked((uint)-71)).U32(64).U32(4);
    }

    private static CaptureBytes U64(CaptureBytes bytes, bool big, uint high, uint low) => big ? bytes.U32(high).U32(low) : bytes.U32(low).U32(high);

    /// <summary>Isochronous USB with two descriptors, of however many it says that there are.</summary>
    public static byte[] UsbMapped(bool big, uint descriptors)
    {
        var usb = Usb(big, isochronous: true).U32(1).U32(2).U32(8).U32(77).U32(0x200).U32(descriptors);
        for (uint i = 0; i < 2; i++) usb.U32(0x01020304 + i).U32(0x100 * i).U32(0x90).Raw(Bytes(9, 9, 9, 9));
        return usb.ToArray();
    }

    // The last value says that it is longer than what was captured of it.
    private static byte[] Netfilter(bool big) => new CaptureBytes(big).Raw(Bytes(2, 0, 0, 7))
        .U16(12).U16(1).Raw(Bytes(8, 0, 3, 0, 0, 0, 0, 0))
        .U16(7).U16(10).Raw(Bytes(0x61, 0x62, 0, 0))
        .U16(4 + 200).U16(9).Raw(Ip).ToArray();

    private static byte[] PacketFilter(bool big, byte headerBytes)
    {
        var log = new CaptureBytes(big).Raw(Bytes(headerBytes, 2, 0, 0)).Raw(new byte[32]).Raw(Bytes(0, 0, 0, 3, 0xff, 0xff, 0xff, 0xff)).U32(1001);
        if (headerBytes > 48) log.U32(4242).U32(0).U32(77);
        return log.Raw(Bytes(1, 0, 0, 0)).Raw(Ip).ToArray();
    }

    private static CaptureBytes Cooked(ushort protocol) =>
        new CaptureBytes().Raw(Bytes(0, 1, 1, 24, 0, 0)).Raw(new byte[8]).Raw(Bytes((byte)(protocol >> 8), (byte)protocol));

    private static CaptureBytes Cooked2(ushort protocol) =>
        new CaptureBytes().Raw(Bytes((byte)(protocol >> 8), (byte)protocol)).Raw(Bytes(0, 0, 0, 0, 0, 5, 1, 24, 1, 0)).Raw(new byte[8]);

    private static byte[] CanHead(bool big) => new CaptureBytes(big).U32(0x80000321).ToArray();

    private static byte[] CanXl(bool big) => new CaptureBytes(big).U32(0x00050123).Raw(Bytes(0x81, 3)).U16(4).U32(0xcafe0001).Raw(Bytes(4, 3, 2, 1)).ToArray();

    private static byte[] Bytes(params byte[] bytes) => bytes;
}
