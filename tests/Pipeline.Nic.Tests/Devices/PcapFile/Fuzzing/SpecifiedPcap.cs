namespace Pipeline.Nic.Tests.Devices.PcapFile.Fuzzing;

/// <summary>A pcap file by draft-ietf-opsawg-pcap; older versions and the modified format as libpcap's sf-pcap.c reads them.</summary>
internal static class SpecifiedPcap
{
    private const int HeaderBytes = 24;
    private const uint Microseconds = 0xa1b2c3d4;
    private const uint Nanoseconds = 0xa1b23c4d;
    private const uint Modified = 0xa1b2cd34;

    /// <summary>Between the link type and what is said of the frame check sequence; a file that has a bit of them set is refused by libpcap.</summary>
    private const uint Reserved = 0x03ff_0000;

    public static void Read(SpecifiedCapture into)
    {
        if (!ReadHeader(into, out var magic))
        {
            into.Break(0, HeaderBytes);
            return;
        }

        into.HeaderEnd = HeaderBytes;
        into.Interfaces.Add(new SpecifiedInterface((int)(into.U32(20) & 0xffff), into.U32(16), into.IsBigEndian));
        var (major, minor) = (into.U16(4), into.U16(6));
        for (var at = HeaderBytes; at < into.Length;)
        {
            var header = magic == Modified ? 24 : 16;
            var left = into.Length - at;
            if (left < header)
            {
                into.Break(at, left);
                return;
            }

            var (captured, wire) = Lengths(into, at, major, minor);
            if (captured > into.MostInOnePiece - header || captured > left - header)
            {
                into.Break(at, left);
                return;
            }

            var time = (into.U32(at) * 1_000_000_000L) + (into.U32(at + 4) * (magic == Nanoseconds ? 1L : 1000L));
            into.Packets.Add(new SpecifiedPacket(at + header, (int)captured, wire, time, 0));
            at += header + (int)captured;
        }
    }

    private static bool ReadHeader(SpecifiedCapture into, out uint magic)
    {
        magic = 0;
        if (into.Length < HeaderBytes) return false;
        into.IsBigEndian = into.Bytes[0] == 0xa1;
        magic = into.U32(0);
        var (major, minor) = (into.U16(4), into.U16(6));
        if ((into.U32(20) & Reserved) != 0) return false;
        return magic is Microseconds or Nanoseconds or Modified && (major == 2 ? minor <= 4 : major == 543 && minor == 0);
    }

    /// <summary>Before version 2.3 the wire's length came first; 2.3 has them in either order, and the smaller is what was captured.</summary>
    private static (uint Captured, uint Wire) Lengths(SpecifiedCapture into, int at, int major, int minor)
    {
        uint first = into.U32(at + 8), second = into.U32(at + 12);
        var isWireFirst = major == 543 || minor < 3 || (minor == 3 && first > second);
        return isWireFirst ? (second, first) : (first, second);
    }
}
