namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>What the header of a pcap file says about its records.</summary>
/// <param name="IsBigEndian">The byte order of every number.</param>
/// <param name="FractionNanoseconds">Nanoseconds to the unit of a record's second time field.</param>
/// <param name="RecordHeaderBytes">Bytes in front of a packet's own.</param>
/// <param name="Order">How the two lengths of a record lie.</param>
/// <remarks>Source: draft-ietf-opsawg-pcap; the versions and the modified format as libpcap's sf-pcap.c reads them.</remarks>
internal sealed record PcapFormat(
    bool IsBigEndian, int FractionNanoseconds, int RecordHeaderBytes, PcapLengthOrder Order, LinkType LinkType, uint SnapLength)
{
    public const int HeaderBytes = 24;

    private const uint Microseconds = 0xa1b2c3d4;
    private const uint Nanoseconds = 0xa1b23c4d;

    /// <summary>Alexey Kuznetzov's modified libpcap: records carry an interface index, a protocol and a packet type.</summary>
    private const uint Modified = 0xa1b2cd34;

    private const int RecordBytes = 16;
    private const int ModifiedRecordBytes = 24;

    // Before the numbers were agreed on, systems wrote their own for raw IP.
    private const int RawIpOfMostSystems = 12;
    private const int RawIpOfOpenBsd = 14;

    /// <summary>Whether a file that starts so is pcap, and in which byte order.</summary>
    public static unsafe bool Recognises(byte* start, out bool isBigEndian)
    {
        isBigEndian = IsMagic(BigEndian.U32(start));
        return isBigEndian || IsMagic(LittleEndian.U32(start));
    }

    /// <exception cref="CaptureFormatException">The version is none that can be read.</exception>
    public static unsafe PcapFormat Read<TOrder>(byte* header, string source)
        where TOrder : struct, IByteOrder
    {
        var magic = TOrder.U32(header);
        int major = TOrder.U16(header + 4), minor = TOrder.U16(header + 6);
        // libpcap takes 2.0 to 2.4, and 543.0, which a DG/UX tcpdump wrote.
        if (!(major == 2 && minor <= 4) && !(major == 543 && minor == 0))
            throw new CaptureFormatException(source, 4, $"the pcap version is {major}.{minor}; 2.0 to 2.4 can be read");

        return new PcapFormat(
            typeof(TOrder) == typeof(BigEndian),
            magic == Nanoseconds ? 1 : 1000,
            magic == Modified ? ModifiedRecordBytes : RecordBytes,
            OrderOf(major, minor),
            // The bits above say whether packets end in a frame check sequence; the bytes are carried through either way.
            LinkTypeOf((int)(TOrder.U32(header + 20) & 0xffff)),
            TOrder.U32(header + 16));
    }

    private static bool IsMagic(uint magic) => magic is Microseconds or Nanoseconds or Modified;

    private static PcapLengthOrder OrderOf(int major, int minor) => (major, minor) switch
    {
        (543, _) or (2, < 3) => PcapLengthOrder.WireFirst,
        (2, 3) => PcapLengthOrder.SmallerIsCaptured,
        _ => PcapLengthOrder.CapturedFirst,
    };

    private static LinkType LinkTypeOf(int number) =>
        number is RawIpOfMostSystems or RawIpOfOpenBsd ? LinkType.RawIp : (LinkType)number;
}

/// <summary>How the captured and the wire length of a pcap record lie, which changed with version 2.3.</summary>
internal enum PcapLengthOrder
{
    CapturedFirst,
    WireFirst,

    /// <summary>Version 2.3 files have them either way.</summary>
    SmallerIsCaptured,
}
