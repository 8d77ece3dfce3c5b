using System.Buffers.Binary;

namespace Pipeline.Nic.Compression;

/// <summary>
/// A compressed lz4 block: sequences of literal bytes and a match (LZ4 block format, github.com/lz4/lz4, doc/lz4_Block_format.md).
/// </summary>
internal static class Lz4Block
{
    private const int ShortestMatch = 4;

    // A length of 15 in the token goes on in further bytes, up to one that is not 255.
    private const int GoesOn = 15;

    /// <summary>Decodes a whole block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="memory">Where it goes, behind the bytes that it may repeat.</param>
    /// <param name="end">Where it begins there; afterwards, where it ends.</param>
    /// <param name="first">The first byte that it may repeat.</param>
    /// <param name="limit">How far it may go.</param>
    /// <exception cref="BrokenDataException">It is none. What was decoded before is there.</exception>
    public static void Decode(ReadOnlySpan<byte> block, Span<byte> memory, ref int end, int first, int limit)
    {
        memory = memory[..limit];
        for (var at = 0; ;)
        {
            if (at >= block.Length) throw Corrupt("a block ends without its last literals");
            var token = block[at++];
            var literals = Length(block, ref at, token >> 4);
            if (literals > block.Length - at)
                throw Corrupt($"a block says {literals} literal bytes, and {block.Length - at} are left of it");
            if (literals > limit - end) throw Corrupt("a block holds more than the frame allows");
            block.Slice(at, literals).CopyTo(memory[end..]);
            at += literals;
            end += literals;
            if (at == block.Length) return;

            if (block.Length - at < sizeof(ushort)) throw Corrupt("a block ends in the distance of a match");
            int distance = BinaryPrimitives.ReadUInt16LittleEndian(block[at..]);
            at += sizeof(ushort);
            var length = Length(block, ref at, token & GoesOn) + ShortestMatch;
            if (distance == 0 || distance > end - first)
                throw Corrupt($"a match points {distance} bytes back, and there are {end - first}");
            if (length > limit - end) throw Corrupt("a block holds more than the frame allows");
            Repeat(memory, end, length, distance);
            end += length;
        }
    }

    private static int Length(ReadOnlySpan<byte> block, ref int at, int length)
    {
        if (length < GoesOn) return length;
        byte more;
        do
        {
            if (at >= block.Length) throw Corrupt("a block ends in a length");
            more = block[at++];
            length += more;
        }
        while (more == byte.MaxValue);

        return length;
    }

    private static void Repeat(Span<byte> memory, int end, int length, int distance)
    {
        if (distance >= length)
        {
            memory.Slice(end - distance, length).CopyTo(memory[end..]);
            return;
        }

        // The bytes repeat themselves, so what has been copied can be copied with them: twice as much each time.
        var from = memory[(end - distance)..];
        for (int done = distance, left = length; left > 0;)
        {
            var count = Math.Min(done, left);
            from[..count].CopyTo(from[done..]);
            done += count;
            left -= count;
        }
    }

    private static BrokenDataException Corrupt(string what) => new($"the lz4 data is corrupt: {what}");
}
