using System.Buffers.Binary;

namespace Pipeline.Host.Tests;

/// <summary>A capture of BSD loopback, written by hand: one packet of IPv4 and one of IPv6 by each system's number for it.</summary>
internal static class LoopbackCapture
{
    private const string V4 = "4500002400010000401100000a0000010a00000203e80035001000007878787878787878";
    private const string V6 = "600000000010114020010db800000000000000000000000120010db800000000000000000000000203e80035001000007878787878787878";

    /// <summary>IPv4; IPv6 of NetBSD and OpenBSD, FreeBSD, macOS, Linux.</summary>
    private static readonly (uint Family, string Packet)[] Packets = [(2, V4), (24, V6), (28, V6), (30, V6), (10, V6)];

    /// <param name="linkType">0, 108 (whose header is in network byte order always) or 109 (with 8 more bytes).</param>
    /// <param name="bigEndian">The byte order of the machine that captured.</param>
    public static byte[] Of(uint linkType, bool bigEndian)
    {
        var bytes = new MemoryStream();
        foreach (var number in (uint[])[0xa1b2c3d4, bigEndian ? 0x00020004u : 0x00040002u, 0, 0, 262144, linkType]) Write(bytes, number, bigEndian);
        foreach (var (family, packet) in Packets)
        {
            var data = Convert.FromHexString((linkType == 109 ? "0000000000000000" : "") + packet);
            foreach (var number in (uint[])[1_700_000_000, 0, (uint)data.Length + 4, (uint)data.Length + 4]) Write(bytes, number, bigEndian);
            Write(bytes, family, bigEndian || linkType == 108);
            bytes.Write(data);
        }

        return bytes.ToArray();
    }

    private static void Write(MemoryStream to, uint number, bool bigEndian)
    {
        var bytes = new byte[4];
        if (bigEndian) BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        else BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        to.Write(bytes);
    }
}
