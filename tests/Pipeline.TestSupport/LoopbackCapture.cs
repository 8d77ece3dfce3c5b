namespace Pipeline.TestSupport;

/// <summary>A capture of BSD loopback: one packet of IPv4 and one of IPv6 by each system's number for it.</summary>
public static class LoopbackCapture
{
    /// <summary>UDP from 10.0.0.1, port 1000, to 10.0.0.2, port 53; in hexadecimal.</summary>
    public const string V4 = "4500002400010000401100000a0000010a00000203e80035001000007878787878787878";

    /// <summary>UDP from 2001:db8::1, port 1000, to 2001:db8::2, port 53; in hexadecimal.</summary>
    public const string V6 = "600000000010114020010db800000000000000000000000120010db800000000000000000000000203e80035001000007878787878787878";

    /// <summary>IPv4; IPv6 of NetBSD and OpenBSD, FreeBSD, macOS, Linux.</summary>
    private static readonly (uint Family, string Packet)[] Packets = [(2, V4), (24, V6), (28, V6), (30, V6), (10, V6)];

    /// <param name="linkType">0, 108 (whose header is in network byte order always) or 109 (with 8 more bytes).</param>
    /// <param name="bigEndian">The byte order of the machine that captured.</param>
    public static byte[] Of(uint linkType, bool bigEndian)
    {
        var capture = new CaptureBytes(bigEndian).PcapHeader(linkType: linkType);
        foreach (var (family, packet) in Packets)
        {
            var header = new CaptureBytes(bigEndian || linkType == 108).U32(family).Raw(new byte[linkType == 109 ? 8 : 0]);
            capture.PcapRecord(1_700_000_000, 0, header.Raw(Convert.FromHexString(packet)).ToArray());
        }

        return capture.ToArray();
    }
}
