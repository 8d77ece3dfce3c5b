using System.Buffers.Binary;

namespace Pipeline.Nic.Tests.Compression;

/// <summary>Writes lz4 blocks: the first match that a table of the last places of four bytes finds.</summary>
internal static class Lz4Writer
{
    private const int LastLiterals = 12;

    public static byte[] Block(byte[] data, int start, int end, int first)
    {
        var block = new MemoryStream();
        var places = new Dictionary<uint, int>();
        for (var at = first; at < start - 4; at++) places[U32(data, at)] = at;
        var literals = start;
        for (var at = start; at < end - LastLiterals;)
        {
            var key = U32(data, at);
            var found = places.TryGetValue(key, out var place) && at - place <= ushort.MaxValue;
            places[key] = at;
            if (!found)
            {
                at++;
                continue;
            }

            var length = 4;
            while (at + length < end - 5 && data[place + length] == data[at + length]) length++;
            Write(block, data.AsSpan(literals, at - literals), length - 4, at - place);
            at += length;
            literals = at;
        }

        Write(block, data.AsSpan(literals, end - literals), 0, 0);
        return block.ToArray();
    }

    private static uint U32(byte[] data, int at) => BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(at));

    private static void Write(MemoryStream block, ReadOnlySpan<byte> literals, int match, int distance)
    {
        block.WriteByte((byte)(Math.Min(literals.Length, 15) << 4 | Math.Min(match, 15)));
        Rest(block, literals.Length);
        block.Write(literals);
        if (distance == 0) return;
        block.WriteByte((byte)distance);
        block.WriteByte((byte)(distance >> 8));
        Rest(block, match);
    }

    private static void Rest(MemoryStream block, int length)
    {
        if (length < 15) return;
        for (length -= 15; length >= 255; length -= 255) block.WriteByte(255);
        block.WriteByte((byte)length);
    }
}
