using System.Buffers.Binary;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>An interface statistics block as a test reads it, since no tool prints one: draft-ietf-opsawg-pcapng, 4.6.</summary>
internal sealed record PcapngStatistics(uint Interface, long Start, long End, long Received, long Dropped, long Delivered)
{
    public static IEnumerable<PcapngStatistics> Of(string path)
    {
        var file = File.ReadAllBytes(path);
        for (var at = 0; at < file.Length; at += (int)Word(file, at + 4))
        {
            if (Word(file, at) == 5) yield return Read(file.AsSpan(at, (int)Word(file, at + 4)));
        }
    }

    private static PcapngStatistics Read(ReadOnlySpan<byte> block)
    {
        var options = new long[16];
        for (var at = 20; BinaryPrimitives.ReadUInt16LittleEndian(block[at..]) is not 0 and var code; at += 12)
        {
            var value = BinaryPrimitives.ReadInt64LittleEndian(block[(at + 4)..]);
            options[code] = code is 2 or 3 ? (long)((ulong)value << 32 | (ulong)value >> 32) : value;
        }

        return new PcapngStatistics(Word(block, 8), options[2], options[3], options[4], options[5], options[8]);
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
