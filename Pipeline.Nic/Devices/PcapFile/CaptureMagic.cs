using System.Buffers.Binary;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>Tells from the first bytes of a file what it is, if it is not a capture that this code reads.</summary>
internal static class CaptureMagic
{
    private const int ErfHeaderBytes = 16;

    // The first three are read, and are found here only within another one of them.
    private static readonly (byte[] Start, string What)[] Known =
    [
        ([0x1f, 0x8b], Compressed("gzip", "gzip -dc FILE")),
        ([0x28, 0xb5, 0x2f, 0xfd], Compressed("zstd", "zstd -dc FILE")),
        ([0x04, 0x22, 0x4d, 0x18], Compressed("lz4", "lz4 -dc FILE")),
        ([0x02, 0x21, 0x4c, 0x18], Compressed("lz4", "lz4 -dc FILE", "in its legacy format")),
        ([0xfd, 0x37, 0x7a, 0x58, 0x5a], Compressed("xz", "xz -dc FILE")),
        ([0x5d, 0x00, 0x00], Compressed("lzma", "xz --format=lzma -dc FILE")),
        ("LZIP"u8.ToArray(), Compressed("lzip", "lzip -dc FILE")),
        ("BZh"u8.ToArray(), Compressed("bzip2", "bzip2 -dc FILE")),
        ([0x1f, 0x9d], Compressed("compress", "gzip -dc FILE", "into a .Z file")),
        ([0x89, 0x4c, 0x5a, 0x4f, 0x00], Compressed("lzop", "lzop -dc FILE")),
        ([0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59], Compressed("snappy", "snzip -dc FILE")),
        ([0x78, 0x01], Compressed("zlib", "pigz -dc FILE")),
        ([0x78, 0x5e], Compressed("zlib", "pigz -dc FILE")),
        ([0x78, 0x9c], Compressed("zlib", "pigz -dc FILE")),
        ([0x78, 0xda], Compressed("zlib", "pigz -dc FILE")),
        ("PK\x3\x4"u8.ToArray(), Archive("zip", "unzip -p FILE")),
        ([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], Archive("7z", "7z e -so FILE")),
        ("Rar!\x1a\a"u8.ToArray(), Archive("rar", "unrar p -inul FILE")),
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

    private static string Compressed(string program, string command, string how = "") =>
        $"is compressed with {program}{(how.Length > 0 ? " " : "")}{how}; decompress it first: {command} | pipeline run -r -";

    private static string Archive(string kind, string command) =>
        $"is a {kind} archive; unpack it first: {command} | pipeline run -r -";

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
