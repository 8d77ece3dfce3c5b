using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>What the header of a pcap file says about its records.</summary>
/// <param name="IsBigEndian">The byte order of every number.</param>
/// <param name="FractionNanoseconds">Nanoseconds per unit of a record's second time field.</param>
/// <param name="RecordHeaderBytes">Bytes before a packet's own.</param>
/// <param name="Order">How the two lengths of a record lie.</param>
/// <param name="FcsBytes">Bytes of frame check sequence that end each packet; null where the header does not say.</param>
/// <remarks>Source: draft-ietf-opsawg-pcap; the versions and the modified format as libpcap's sf-pcap.c reads them.</remarks>
internal sealed record PcapFormat(
    bool IsBigEndian, int FractionNanoseconds, int RecordHeaderBytes, PcapLengthOrder Order, LinkType LinkType, byte? FcsBytes,
    uint SnapLength)
{
    public const int HeaderBytes = 24;

    private const uint Microseconds = 0xa1b2c3d4;
    private const uint Nanoseconds = 0xa1b23c4d;

    /// <summary>Alexey Kuznetzov's modified libpcap: records carry an interface index, a protocol and a packet type.</summary>
    private const uint Modified = 0xa1b2cd34;

    private const int RecordBytes = 16;
    private const int ModifiedRecordBytes = 24;

    private const int LinkTypeAt = 20;

    // The field of the link type has 16 bits for it, 10 that must be 0, one that says that the length of a frame check sequence is known,
    // one that is unused, and 4 for that length in units of 16 bits (draft, section 4). libpcap and Wireshark refuse a file where one of
    // the 10 is set.
    private const uint ReservedBits = 0x03FF0000;
    private const uint FcsIsKnown = 0x04000000;
    private const int FcsShift = 28;

    /// <summary>Whether a file that starts with these bytes is pcap, and in which byte order.</summary>
    public static unsafe bool Recognises(byte* start, out bool isBigEndian)
    {
        isBigEndian = IsMagic(BigEndian.U32(start));
        return isBigEndian || IsMagic(LittleEndian.U32(start));
    }

    /// <exception cref="CaptureFormatException">The version is not one that can be read.</exception>
    public static unsafe PcapFormat Read<TOrder>(byte* header, string source)
        where TOrder : struct, IByteOrder
    {
        var magic = TOrder.U32(header);
        int major = TOrder.U16(header + 4), minor = TOrder.U16(header + 6);
        // libpcap takes 2.0 to 2.4, and 543.0, which a DG/UX tcpdump wrote.
        if (!(major == 2 && minor <= 4) && !(major == 543 && minor == 0))
            throw new CaptureFormatException(source, 4, $"the pcap version is {major}.{minor}; 2.0 to 2.4 can be read");
        var link = TOrder.U32(header + LinkTypeAt);
        if ((link & ReservedBits) != 0)
            throw new CaptureFormatException(
                source, LinkTypeAt, $"the link type is 0x{link:x8}; the bits of 0x{ReservedBits:x8} have to be 0");

        return new PcapFormat(
            typeof(TOrder) == typeof(BigEndian),
            magic == Nanoseconds ? 1 : 1000,
            magic == Modified ? ModifiedRecordBytes : RecordBytes,
            OrderOf(major, minor),
            (LinkType)(link & 0xffff),
            (link & FcsIsKnown) != 0 ? (byte)(2 * (link >> FcsShift)) : null,
            TOrder.U32(header + 16));
    }

    private static bool IsMagic(uint magic) => magic is Microseconds or Nanoseconds or Modified;

    private static PcapLengthOrder OrderOf(int major, int minor) => (major, minor) switch
    {
        (543, _) or (2, < 3) => PcapLengthOrder.WireFirst,
        (2, 3) => PcapLengthOrder.SmallerIsCaptured,
        _ => PcapLengthOrder.CapturedFirst,
    };
}

/// <summary>How the captured and the wire length of a pcap record lie, which changed with version 2.3.</summary>
internal enum PcapLengthOrder
{
    CapturedFirst,
    WireFirst,

    /// <summary>Version 2.3 files have them in either order.</summary>
    SmallerIsCaptured,
}
