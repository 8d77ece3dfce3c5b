using System.Buffers.Binary;

namespace Pipeline.Nic.Compression;

/// <summary>What the header of a zstd frame says (RFC 8878, section 3.1.1.1).</summary>
/// <param name="Bytes">Its own length.</param>
/// <param name="Window">How far back the frame's data may point, in bytes: memory that a decoder needs.</param>
/// <param name="Dictionary">The dictionary that the frame needs; 0 for none.</param>
/// <param name="HasChecksum">Whether a checksum of the decoded bytes stands at the end of the frame.</param>
internal readonly record struct ZstdHeader(int Bytes, ulong Window, uint Dictionary, bool HasChecksum)
{
    public const uint Magic = 0xFD2FB528;

    private const int MagicBytes = 4;

    /// <returns>False if it is not all there.</returns>
    /// <exception cref="BrokenDataException">It is none.</exception>
    public static bool TryRead(ReadOnlySpan<byte> frame, out ZstdHeader header)
    {
        header = default;
        if (frame.Length <= MagicBytes) return false;
        var descriptor = frame[MagicBytes];
        if ((descriptor & 0x08) != 0)
            throw new BrokenDataException($"the zstd frame's descriptor is {descriptor:x2}; expected bit 3 not set");
        var isSingleSegment = (descriptor & 0x20) != 0;
        int windowBytes = isSingleSegment ? 0 : 1, dictionaryBytes = (descriptor & 3) switch { 3 => 4, var n => n };
        var sizeBytes = (descriptor >> 6) switch { 0 => isSingleSegment ? 1 : 0, 1 => 2, 2 => 4, _ => 8 };
        var fields = frame[(MagicBytes + 1)..];
        var bytes = windowBytes + dictionaryBytes + sizeBytes;
        if (fields.Length < bytes) return false;
        var dictionary = (uint)Number(fields.Slice(windowBytes, dictionaryBytes));
        var size = Number(fields.Slice(windowBytes + dictionaryBytes, sizeBytes)) + (sizeBytes == 2 ? 256u : 0u);
        var window = isSingleSegment ? size : WindowOf(fields[0]);
        header = new ZstdHeader(MagicBytes + 1 + bytes, window, dictionary, (descriptor & 0x04) != 0);
        return true;
    }

    private static ulong WindowOf(byte descriptor)
    {
        var power = 1UL << (10 + (descriptor >> 3));
        return power + (power / 8 * (ulong)(descriptor & 7));
    }

    private static ulong Number(ReadOnlySpan<byte> bytes)
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        number.Clear();
        bytes.CopyTo(number);
        return BinaryPrimitives.ReadUInt64LittleEndian(number);
    }
}
