using System.Buffers.Binary;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>A block of a little-endian pcapng file as a test reads it, since no tool prints them all: draft-ietf-opsawg-pcapng, 3.1.</summary>
/// <param name="Body">What is between its two lengths.</param>
internal sealed record WrittenBlock(uint Type, byte[] Body)
{
    public const uint Section = 0x0A0D0D0A;
    public const uint Interface = 1;
    public const uint Simple = 3;
    public const uint Names = 4;
    public const uint Statistics = 5;
    public const uint Packet = 6;
    public const uint Secrets = 10;
    public const uint Custom = 0xBAD;

    /// <summary>Code and value, in hex, of each option.</summary>
    public IReadOnlyList<(int Code, string Value)> Options => [.. Read(OptionsAt)];

    public uint InterfaceIndex => Word(0);

    /// <summary>A packet's time in units of its interface.</summary>
    public ulong Ticks => ((ulong)Word(4) << 32) | Word(8);

    public static IReadOnlyList<WrittenBlock> Of(string path)
    {
        var file = File.ReadAllBytes(path);
        var blocks = new List<WrittenBlock>();
        for (var at = 0; at < file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4));
            blocks.Add(new WrittenBlock(BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)), file[(at + 8)..(at + length - 4)]));
            at += length;
        }

        return blocks;
    }

    /// <summary>When each packet of a file was, in nanoseconds since 1970; null for one without a time. All units are nanoseconds.</summary>
    public static IReadOnlyList<Int128?> Times(string path)
    {
        var offsets = new List<long>();
        var times = new List<Int128?>();
        foreach (var block in Of(path))
        {
            if (block.Type == Interface) offsets.Add(block.Options.Where(o => o.Code == 14).Select(o => BitConverter.ToInt64(Convert.FromHexString(o.Value))).SingleOrDefault());
            if (block.Type == Simple) times.Add(null);
            if (block.Type == Packet) times.Add(((Int128)offsets[(int)block.InterfaceIndex] * 1_000_000_000) + block.Ticks);
        }

        return times;
    }

    private int OptionsAt => Type switch
    {
        Section => 16,
        Interface => 8,
        Statistics => 12,
        Packet => 20 + Padded((int)Word(12)),
        Secrets => 8 + Padded((int)Word(4)),
        _ => Body.Length,
    };

    private IEnumerable<(int Code, string Value)> Read(int at)
    {
        while (at + 4 <= Body.Length && BinaryPrimitives.ReadUInt16LittleEndian(Body.AsSpan(at)) is not 0 and var code)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(Body.AsSpan(at + 2));
            yield return (code, Convert.ToHexStringLower(Body, at + 4, length));
            at += 4 + Padded(length);
        }
    }

    private static int Padded(int length) => (length + 3) & ~3;

    private uint Word(int at) => BinaryPrimitives.ReadUInt32LittleEndian(Body.AsSpan(at));
}
