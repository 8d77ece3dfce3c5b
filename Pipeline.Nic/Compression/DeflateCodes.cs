namespace Pipeline.Nic.Compression;

/// <summary>The two codes of a deflate block, and what their symbols stand for (RFC 1951, sections 3.2.5 to 3.2.7).</summary>
internal sealed class DeflateCodes
{
    private const int MostLiterals = 286;
    private const int MostDistances = 30;
    private const int FirstLength = 257;
    private const int EndOfBlock = 256;

    private static readonly ushort[] LengthBase =
        [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];

    private static readonly byte[] LengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    private static readonly ushort[] DistanceBase =
    [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289,
        16385, 24577,
    ];

    private static readonly byte[] DistanceBits =
        [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

    // The order in which a block gives the lengths of the code for code lengths.
    private static readonly byte[] Order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    private readonly HuffmanCode _lengths = new(Order.Length);
    private readonly HuffmanCode _distances = new(32);
    private readonly byte[] _read = new byte[MostLiterals + MostDistances];
    private bool _isFixed;

    /// <summary>The code of literal bytes, of the end of the block, and of the lengths of matches.</summary>
    public HuffmanCode Literals { get; } = new(288);

    public void UseFixed()
    {
        if (_isFixed) return;
        Span<byte> lengths = stackalloc byte[288];
        lengths[..144].Fill(8);
        lengths[144..256].Fill(9);
        lengths[256..280].Fill(7);
        lengths[280..].Fill(8);
        Literals.TryBuild(lengths);
        lengths[..32].Fill(5);
        _distances.TryBuild(lengths[..32]);
        _isFixed = true;
    }

    /// <summary>Reads the codes that a block brings along.</summary>
    /// <returns>False if they are not all there yet.</returns>
    /// <exception cref="BrokenDataException">They are none.</exception>
    public bool TryRead(ref BitReader bits)
    {
        if (!bits.Has(14)) return false;
        int literals = bits.Take(5) + 257, distances = bits.Take(5) + 1, given = bits.Take(4) + 4;
        if (literals > MostLiterals || distances > MostDistances)
            throw Corrupt($"a block has {literals} and {distances} symbols; expected at most {MostLiterals} and {MostDistances}");
        if (!TryReadLengthCode(ref bits, given) || !TryReadLengths(ref bits, literals + distances)) return false;
        if (_read[EndOfBlock] == 0) throw Corrupt("a block has no symbol for its end");
        _isFixed = false;
        Build(Literals, _read.AsSpan(0, literals));
        Build(_distances, _read.AsSpan(literals, distances));
        return true;
    }

    /// <summary>Whether a symbol and all that belongs to it is among so many bits.</summary>
    public bool IsWhole(int symbol, int used, ulong bits, int count)
    {
        if (symbol < 0) return count >= HuffmanCode.MostBits;
        if (used > count) return false;
        if (symbol == EndOfBlock || symbol - FirstLength >= LengthBase.Length) return true;
        used += LengthBits[symbol - FirstLength];
        if (used > count) return false;
        var distance = _distances.Find(bits >> used, out var length);
        if (distance < 0) return count - used >= HuffmanCode.MostBits;
        return used + length <= count && (distance >= MostDistances || used + length + DistanceBits[distance] <= count);
    }

    /// <summary>What a symbol that is not a literal stands for. All bits are there.</summary>
    /// <param name="symbol">The symbol; -1 where the bits are no code.</param>
    /// <param name="length">Bits of its code.</param>
    /// <param name="bits">The bits from the code on.</param>
    /// <param name="used">Bits of it all.</param>
    public Match ReadMatch(int symbol, int length, ulong bits, out int used)
    {
        used = length;
        if (symbol == EndOfBlock) return default;
        var index = symbol - FirstLength;
        if ((uint)index >= (uint)LengthBase.Length) throw Corrupt("its bits are no symbol of the block's code");
        int extra = LengthBits[index], repeated = LengthBase[index] + Low(bits >> used, extra);
        used += extra;
        var symbolOfDistance = _distances.Find(bits >> used, out var lengthOfDistance);
        if ((uint)symbolOfDistance >= MostDistances) throw Corrupt("its bits are no distance of the block's code");
        used += lengthOfDistance;
        extra = DistanceBits[symbolOfDistance];
        var distance = DistanceBase[symbolOfDistance] + Low(bits >> used, extra);
        used += extra;
        return new Match(repeated, distance);
    }

    private static int Low(ulong bits, int count) => (int)bits & ((1 << count) - 1);

    private bool TryReadLengthCode(ref BitReader bits, int given)
    {
        if (!bits.Has(3)) return false;
        Span<byte> lengths = stackalloc byte[Order.Length];
        lengths.Clear();
        for (var i = 0; i < given; i++)
        {
            if (!bits.Has(3)) return false;
            lengths[Order[i]] = (byte)bits.Take(3);
        }

        if (!_lengths.TryBuild(lengths) || !_lengths.IsComplete) throw Corrupt("the code for a block's code lengths is none");
        return true;
    }

    private bool TryReadLengths(ref BitReader bits, int count)
    {
        for (var i = 0; i < count;)
        {
            bits.Has(HuffmanCode.MostBits);
            var symbol = _lengths.Find(bits.Bits, out var length);
            var extra = symbol switch { 16 => 2, 17 => 3, 18 => 7, _ => 0 };
            if (bits.Count < length + extra) return false;
            bits.Take(length);
            if (symbol < 16)
            {
                _read[i++] = (byte)symbol;
                continue;
            }

            if (symbol == 16 && i == 0) throw Corrupt("a block repeats a code length before the first");
            var value = symbol == 16 ? _read[i - 1] : (byte)0;
            var times = bits.Take(extra) + (symbol == 18 ? 11 : 3);
            if (times > count - i) throw Corrupt("a block has more code lengths than symbols");
            _read.AsSpan(i, times).Fill(value);
            i += times;
        }

        return true;
    }

    // Compressors write a code that is not complete where a block has a single distance, or none.
    private static void Build(HuffmanCode code, ReadOnlySpan<byte> lengths)
    {
        if (!code.TryBuild(lengths) || !(code.IsComplete || code.IsTiny)) throw Corrupt("the code of a block is none");
    }

    private static BrokenDataException Corrupt(string what) => new($"the deflate data is corrupt: {what}");
}
