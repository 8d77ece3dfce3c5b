using System.Buffers.Binary;
using System.Text;
using Pipeline.Nic.Consumers.Captures.Running;

namespace Pipeline.Actors.Tests.Captures;

/// <summary>The blocks of a pcapng file, read by hand so that a mistake of the writer is not repeated here.</summary>
internal sealed record CaptureFileBlocks(IReadOnlyList<(uint Type, byte[] Bytes)> Blocks)
{
    public static CaptureFileBlocks Of(RunningCapture capture) => Of(capture.Read);

    public static CaptureFileBlocks Of(Func<long, Span<byte>, int> read)
    {
        var (file, piece) = (new MemoryStream(), new byte[777]);
        while (read(file.Length, piece) is > 0 and var length) file.Write(piece, 0, length);
        var (bytes, blocks) = (file.ToArray(), new List<(uint, byte[])>());
        for (var at = 0; at < bytes.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 4));
            blocks.Add((BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at)), bytes[at..(at + length)]));
            at += length;
        }

        return new CaptureFileBlocks(blocks);
    }

    public IEnumerable<uint> Types => Blocks.Select(b => b.Type);

    public IEnumerable<byte[]> Packets => Blocks.Where(b => b.Type == 6).Select(b => b.Bytes);

    public IEnumerable<string> Comments => Packets.Select(p => Encoding.UTF8.GetString(OptionOf(p, PacketOptionsAt(p), 1)));

    public IEnumerable<long> Ids => Packets.Select(p => BinaryPrimitives.ReadInt64LittleEndian(OptionOf(p, PacketOptionsAt(p), 5)));

    /// <summary>Of the interfaces' statistics: received, lost and in the file, in their order.</summary>
    public IEnumerable<(long Received, long Lost, long Written)> Statistics => Blocks.Where(b => b.Type == 5).Select(
        b => (Number(b.Bytes, 4), Number(b.Bytes, 5), Number(b.Bytes, 8)));

    public static int CapturedOf(byte[] packet) => BinaryPrimitives.ReadInt32LittleEndian(packet.AsSpan(20));

    private static long Number(byte[] block, int code) => BinaryPrimitives.ReadInt64LittleEndian(OptionOf(block, 20, code));

    private static int PacketOptionsAt(byte[] packet) => 28 + ((CapturedOf(packet) + 3) & -4);

    private static ReadOnlySpan<byte> OptionOf(byte[] block, int at, int code)
    {
        while (BinaryPrimitives.ReadUInt16LittleEndian(block.AsSpan(at)) is > 0 and var option)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(block.AsSpan(at + 2));
            if (option == code) return block.AsSpan(at + 4, length);
            at += 4 + ((length + 3) & -4);
        }

        throw new InvalidOperationException($"There is no option {code}.");
    }
}
