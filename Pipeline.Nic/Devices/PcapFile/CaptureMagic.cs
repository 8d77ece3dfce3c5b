using System.Buffers.Binary;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>Tells from the first bytes of a file what it is, if it is not a capture that this code reads.</summary>
internal static class CaptureMagic
{
    private const int ErfHeaderBytes = 16;

    private static readonly (byte[] Start, string What)[] Known =
    [
        ([0x1f, 0x8b], "is gzip-compressed; decompress it first: zcat FILE | pipeline run -r -"),
        ([0x28, 0xb5, 0x2f, 0xfd], "is zstd-compressed; decompress it first: zstdcat FILE | pipeline run -r -"),
        ([0xfd, 0x37, 0x7a, 0x58, 0x5a], "is xz-compressed; decompress it first: xzcat FILE | pipeline run -r -"),
        ([0x04, 0x22, 0x4d, 0x18], "is lz4-compressed; decompress it first: lz4cat FILE | pipeline run -r -"),
        ("BZh"u8.ToArray(), "is bzip2-compressed; decompress it first: bzcat FILE | pipeline run -r -"),
        ("PK\x3\x4"u8.ToArray(), "is a zip archive; unpack it first: unzip -p FILE | pipeline run -r -"),
        ("snoop\0\0\0"u8.ToArray(), "is a snoop capture; convert it first: editcap -F pcapng FILE NEW"),
        ("GMBU"u8.ToArray(), "is a Network Monitor capture; convert it first: editcap -F pcapng FILE NEW"),
        ("<"u8.ToArray(), "is markup (HTML or XML), not a capture"),
    ];

    /// <summary>What is wrong, in a sentence without a full stop.</summary>
    /// <param name="start">The first bytes of the file, as many as there are up to 16.</param>
    public static string Describe(ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty) return "the capture is empty; expected a pcap or pcapng file header";
        foreach (var (magic, what) in Known)
        {
            if (start.StartsWith(magic)) return what;
        }

        if (LooksLikeErf(start)) return "looks like an ERF capture; convert it first: editcap -F pcapng FILE NEW";
        return start.Length < 4
            ? $"the capture breaks off in the file header: {start.Length} bytes are there"
            : $"the first bytes are {Convert.ToHexStringLower(start[..4])}; expected the magic number of pcap "
                + "(a1b2c3d4, a1b23c4d or a1b2cd34, in either byte order) or of pcapng (0a0d0d0a)";
    }

    // ERF has no magic number. A record starts with a time whose seconds are bytes 4 to 7, a type, flags, and two lengths
    // (Endace, Extensible Record Format specification).
    private static bool LooksLikeErf(ReadOnlySpan<byte> start)
    {
        const uint Year1995 = 788918400, Year2050 = 2524608000;
        if (start.Length < ErfHeaderBytes) return false;
        var seconds = BinaryPrimitives.ReadUInt32LittleEndian(start[4..]);
        var type = start[8] & 0x7f;
        var recordBytes = BinaryPrimitives.ReadUInt16BigEndian(start[10..]);
        var wireBytes = BinaryPrimitives.ReadUInt16BigEndian(start[14..]);
        return seconds is > Year1995 and < Year2050 && type is >= 1 and <= 48
            && recordBytes >= ErfHeaderBytes && wireBytes is > 0 and < 16384;
    }
}
