using System.Buffers.Binary;

namespace Pipeline.Nic.Compression;

/// <summary>The CRC of gzip (RFC 1952, section 8), eight bytes at a time.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const int Slices = 8;

    // The table of slice n says what a byte does to the CRC when n bytes follow it.
    private static readonly uint[] Table = MakeTable();

    /// <param name="crc">The CRC of the bytes before; 0 at the start.</param>
    public static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        var table = Table;
        crc = ~crc;
        for (; bytes.Length >= Slices; bytes = bytes[Slices..])
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = table[0x700 + (int)(low & 0xff)] ^ table[0x600 + (int)(low >> 8 & 0xff)]
                ^ table[0x500 + (int)(low >> 16 & 0xff)] ^ table[0x400 + (int)(low >> 24)]
                ^ table[0x300 + (int)(high & 0xff)] ^ table[0x200 + (int)(high >> 8 & 0xff)]
                ^ table[0x100 + (int)(high >> 16 & 0xff)] ^ table[(int)(high >> 24)];
        }

        foreach (var next in bytes) crc = table[(int)((crc ^ next) & 0xff)] ^ crc >> 8;
        return ~crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[Slices * 256];
        for (uint i = 0; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? Polynomial ^ crc >> 1 : crc >> 1;
            table[i] = crc;
        }

        for (var i = 256; i < table.Length; i++) table[i] = table[(int)(table[i - 256] & 0xff)] ^ table[i - 256] >> 8;
        return table;
    }
}
