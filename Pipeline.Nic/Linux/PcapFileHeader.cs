using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Pipeline.Nic.Devices;

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

    /// <param name="link">What its packets would start with. Swapped, every number of the header is in the other byte order than this machine's.</param>
    /// <param name="snapLength">What a program that accepts a packet returns.</param>
    public PcapFileHeader(LinkLayer link, int snapLength)
    {
        magic = Ordered(0xa1b2c3d4, link.IsSwapped);
        version_major = Ordered((ushort)2, link.IsSwapped);
        version_minor = Ordered((ushort)4, link.IsSwapped);
        snaplen = Ordered((uint)snapLength, link.IsSwapped);
        linktype = Ordered((uint)link.Type, link.IsSwapped);
    }

    private static ushort Ordered(ushort value, bool isSwapped) => isSwapped ? BinaryPrimitives.ReverseEndianness(value) : value;

    private static uint Ordered(uint value, bool isSwapped) => isSwapped ? BinaryPrimitives.ReverseEndianness(value) : value;
}
