using Pipeline.Nic.Compression;

namespace Pipeline.Nic.Tests.Compression;

/// <summary>What came out of compressed data, and how it ended.</summary>
internal sealed class Unpacked
{
    private readonly Random _random;
    private readonly byte[] _packed;
    private readonly int _mostAtOnce;
    private int _at;

    private Unpacked(byte[] packed, int mostAtOnce, int seed)
    {
        (_packed, _mostAtOnce, _random) = (packed, mostAtOnce, new Random(seed));
    }

    public byte[] Bytes { get; private set; } = [];

    public CompressedDataException? Fault { get; private set; }

    /// <summary>Times that the decompressor had to be called again without having got or given anything.</summary>
    public int Pauses { get; private set; }

    /// <param name="packed">The compressed file.</param>
    /// <param name="mostAtOnce">The most bytes that come in at a time, and that are asked for at a time; sometimes none are there.</param>
    public static Unpacked Of(byte[] packed, int mostAtOnce = int.MaxValue, int seed = 0)
    {
        var unpacked = new Unpacked(packed, mostAtOnce, seed);
        unpacked.Run();
        return unpacked;
    }

    private void Run()
    {
        using var decompressor = new Decompressor(Read);
        var bytes = new MemoryStream();
        var room = new byte[Math.Min(_mostAtOnce, 1 << 16)];
        try
        {
            while (true)
            {
                var got = decompressor.Read(room.AsSpan(0, Some(room.Length)));
                if (got == 0) break;
                if (got == Decompressor.Nothing) Pauses++;
                else bytes.Write(room, 0, got);
            }
        }
        catch (CompressedDataException e)
        {
            Fault = e;
        }

        Bytes = bytes.ToArray();
    }

    private int Read(Span<byte> to)
    {
        if (_mostAtOnce < int.MaxValue && _random.Next(4) == 0) return Decompressor.Nothing;
        var count = Math.Min(Some(Math.Min(to.Length, _mostAtOnce)), _packed.Length - _at);
        _packed.AsSpan(_at, count).CopyTo(to);
        _at += count;
        return count;
    }

    private int Some(int most) => _mostAtOnce == int.MaxValue ? most : _random.Next(1, most + 1);
}
