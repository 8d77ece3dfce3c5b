using System.Buffers.Binary;
using System.IO.Hashing;

namespace Pipeline.Nic.Compression;

/// <summary>What the header of an lz4 frame says (LZ4 frame format 1.6, github.com/lz4/lz4, doc/lz4_Frame_format.md).</summary>
/// <param name="Bytes">Its own length.</param>
/// <param name="MostBlock">The most bytes that a block decodes to.</param>
/// <param name="IsLinked">Whether a block may repeat bytes of those before it.</param>
/// <param name="HasBlockChecksums">Whether each block has a checksum.</param>
/// <param name="HasChecksum">Whether there is a checksum of all decoded bytes at the end.</param>
/// <param name="Size">How many those are, where it is said.</param>
internal readonly record struct Lz4Header(
    int Bytes, int MostBlock, bool IsLinked, bool HasBlockChecksums, bool HasChecksum, ulong? Size)
{
    public const uint Magic = 0x184D2204;

    private const int FlagsAt = 4;
    private const int SizeAt = 6;
    private const int SizeBytes = 8;
    private const int DictionaryBytes = 4;

    /// <returns>False if it is not all there.</returns>
    /// <exception cref="BrokenDataException">It is none, or it asks for a dictionary.</exception>
    public static bool TryRead(ReadOnlySpan<byte> frame, out Lz4Header header)
    {
        header = default;
        if (frame.Length <= SizeAt) return false;
        int flags = frame[FlagsAt], block = frame[FlagsAt + 1];
        if (flags >> 6 != 1 || (flags & 0x02) != 0)
            throw new BrokenDataException($"the lz4 frame's flags are {flags:x2}; expected 01 in the upper bits, and bit 1 not set");
        bool hasSize = (flags & 0x08) != 0, hasDictionary = (flags & 0x01) != 0;
        var checksumAt = SizeAt + (hasSize ? SizeBytes : 0) + (hasDictionary ? DictionaryBytes : 0);
        if (frame.Length <= checksumAt) return false;
        if (frame[checksumAt] != (byte)(XxHash32.HashToUInt32(frame[FlagsAt..checksumAt]) >> 8))
            throw new BrokenDataException("the checksum of the lz4 frame's header does not match");
        if ((block & 0x8f) != 0 || block >> 4 < 4)
            throw new BrokenDataException($"the lz4 frame's block size is {block:x2}; expected 40, 50, 60 or 70");
        if (hasDictionary)
        {
            throw new BrokenDataException(
                "the lz4 frame needs a dictionary; decompress it first: lz4 -dc -D DICTIONARY FILE | pipeline run -r -");
        }

        header = new Lz4Header(
            checksumAt + 1, 1 << (8 + (2 * (block >> 4))), (flags & 0x20) == 0, (flags & 0x10) != 0, (flags & 0x04) != 0,
            hasSize ? BinaryPrimitives.ReadUInt64LittleEndian(frame[SizeAt..]) : null);
        return true;
    }
}
