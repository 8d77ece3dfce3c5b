using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>struct pcap_file_header (pcap/pcap.h), 24 bytes: a capture without packets.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct PcapFileHeader
{
    public readonly uint magic;
    public readonly ushort version_major;
    public readonly ushort version_minor;
    public readonly uint thiszone;
    public readonly uint sigfigs;
    public readonly uint snaplen;
    public readonly uint linktype;

    /// <param name="linkType">The link type that its packets would have (LINKTYPE_, tcpdump.org/linktypes.html).</param>
    /// <param name="isSwapped">Whether every number in the header is in the byte order opposite to this machine's.</param>
    /// <param name="snapLength">The value that a program returns for a packet it accepts.</param>
    public PcapFileHeader(uint linkType, bool isSwapped, int snapLength)
    {
        magic = Ordered(0xa1b2c3d4, isSwapped);
        version_major = Ordered((ushort)2, isSwapped);
        version_minor = Ordered((ushort)4, isSwapped);
        snaplen = Ordered((uint)snapLength, isSwapped);
        linktype = Ordered(linkType, isSwapped);
    }

    private static ushort Ordered(ushort value, bool isSwapped) => isSwapped ? BinaryPrimitives.ReverseEndianness(value) : value;

    private static uint Ordered(uint value, bool isSwapped) => isSwapped ? BinaryPrimitives.ReverseEndianness(value) : value;
}
