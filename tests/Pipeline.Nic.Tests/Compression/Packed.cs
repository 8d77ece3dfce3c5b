using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Pipeline.Nic.Tests.Compression;

/// <summary>Compressed data as other programs make it.</summary>
internal static class Packed
{
    /// <summary>Ways to compress, by name.</summary>
    public static readonly IReadOnlyDictionary<string, Func<byte[], byte[]>> Ways = new Dictionary<string, Func<byte[], byte[]>>
    {
        ["gzip"] = data => Gzip(data),
        ["gzip stored"] = data => Gzip(data, 0),
        ["gzip fixed"] = data => Gzip(data, 6, ZLibCompressionStrategy.Fixed),
        ["gzip huffman"] = data => Gzip(data, 6, ZLibCompressionStrategy.HuffmanOnly),
        ["gzip best"] = data => Gzip(data, 9),
        ["zstd"] = data => Zstd(data),
        ["zstd without a size"] = data => ZstdStream(data),
        ["lz4"] = data => Lz4(data, 0x64),
        ["lz4 with checksums of blocks"] = data => Lz4(data, 0x70),
        ["lz4 with linked blocks"] = data => Lz4(data, 0x44),
        ["lz4 with a size"] = data => Lz4(data, 0x68),
    };

    public static readonly byte[] Skippable = [0x5a, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5];

    public static byte[] Gzip(byte[] data, int level = 6, ZLibCompressionStrategy strategy = ZLibCompressionStrategy.Default)
    {
        var packed = new MemoryStream();
        var options = new ZLibCompressionOptions { CompressionLevel = level, CompressionStrategy = strategy };
        using (var gzip = new GZipStream(packed, options, leaveOpen: true)) gzip.Write(data);

        // The runtime writes nothing at all for nothing.
        return packed.Length > 0 ? packed.ToArray() : [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    }

    public static byte[] Zstd(byte[] data)
    {
        using var compressor = new Compressor(3);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        return compressor.Wrap(data).ToArray();
    }

    /// <summary>A frame that says a window and no size.</summary>
    public static byte[] ZstdStream(byte[] data)
    {
        var packed = new MemoryStream();
        using (var zstd = new CompressionStream(packed, 3, leaveOpen: true)) zstd.Write(data);
        return packed.ToArray();
    }

    /// <summary>A zstd frame of one byte that is repeated, without a checksum. It needs a window of 128 KiB.</summary>
    public static byte[] ZstdOfOneByte(int blocks)
    {
        const int BlockBytes = 128 * 1024;
        var frame = new MemoryStream();
        frame.Write([0x28, 0xb5, 0x2f, 0xfd, 0x00, 7 << 3]);
        for (var i = 0; i < blocks; i++)
        {
            var header = BlockBytes << 3 | 1 << 1 | (i == blocks - 1 ? 1 : 0);
            frame.Write([(byte)header, (byte)(header >> 8), (byte)(header >> 16), 0]);
        }

        return frame.ToArray();
    }

    /// <summary>An lz4 frame with blocks of 64 KiB.</summary>
    /// <param name="flags">The frame's first byte of flags, without a dictionary.</param>
    public static byte[] Lz4(byte[] data, byte flags)
    {
        const int BlockBytes = 64 * 1024;
        var frame = new MemoryStream();
        var size = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(size, data.Length);
        byte[] descriptor = [flags, 0x40, .. (flags & 8) != 0 ? size : []];
        frame.Write([0x04, 0x22, 0x4d, 0x18, .. descriptor, (byte)(XxHash32.HashToUInt32(descriptor) >> 8)]);
        for (var at = 0; at < data.Length; at += BlockBytes)
        {
            var end = Math.Min(data.Length, at + BlockBytes);
            var block = Lz4Writer.Block(data, at, end, (flags & 0x20) != 0 ? at : 0);
            var isStored = block.Length >= end - at;
            if (isStored) block = data[at..end];
            U32(frame, (uint)block.Length | (isStored ? 0x80000000 : 0));
            frame.Write(block);
            if ((flags & 0x10) != 0) U32(frame, XxHash32.HashToUInt32(block));
        }

        U32(frame, 0);
        if ((flags & 0x04) != 0) U32(frame, XxHash32.HashToUInt32(data));
        return frame.ToArray();
    }

    private static void U32(MemoryStream to, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        to.Write(bytes);
    }
}
