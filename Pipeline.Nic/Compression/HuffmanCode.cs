namespace Pipeline.Nic.Compression;

/// <summary>A prefix code of deflate, given by the length of each symbol's code (RFC 1951, section 3.2.2).</summary>
/// <param name="mostSymbols">The most symbols that it will have.</param>
internal sealed class HuffmanCode(int mostSymbols)
{
    public const int MostBits = 15;

    // Codes up to this length are found at once; longer ones stand for symbols that come once in a thousand times or more seldom.
    private const int QuickBits = 10;
    private const int LengthBits = 4;

    // For the next bits of the input: a symbol, and below it the length of its code; 0 where the code is longer or there is none.
    private readonly ushort[] _quick = new ushort[1 << QuickBits];
    private readonly ushort[] _symbols = new ushort[mostSymbols];
    private readonly int[] _counts = new int[MostBits + 1];

    /// <summary>Whether every sequence of bits is a code.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether there are only codes of one bit, or none; then some bits may be no code.</summary>
    public bool IsTiny { get; private set; }

    /// <param name="lengths">The length of each symbol's code; 0 for a symbol that has none.</param>
    /// <returns>Whether there can be a code with these lengths.</returns>
    public bool TryBuild(ReadOnlySpan<byte> lengths)
    {
        Array.Clear(_counts);
        foreach (var length in lengths) _counts[length]++;
        IsTiny = _counts[0] + _counts[1] == lengths.Length;
        var left = 1;
        for (var length = 1; length <= MostBits; length++)
        {
            left = (left << 1) - _counts[length];
            if (left < 0) return false;
        }

        IsComplete = left == 0;
        Fill(lengths);
        return true;
    }

    /// <summary>Finds the code that the next bits begin with.</summary>
    /// <param name="bits">Bits that are there, and 0 above them.</param>
    /// <param name="length">Bits of the code. If there are fewer, the code is not whole yet and the symbol means nothing.</param>
    /// <returns>The symbol; -1 if no code begins so.</returns>
    public int Find(ulong bits, out int length)
    {
        var found = _quick[(int)bits & ((1 << QuickBits) - 1)];
        length = found & ((1 << LengthBits) - 1);
        return found != 0 ? found >> LengthBits : FindLong(bits, out length);
    }

    // Codes of one length are consecutive numbers, and so are their symbols in _symbols.
    private int FindLong(ulong bits, out int length)
    {
        int code = 0, first = 0, index = 0;
        for (length = 1; length <= MostBits; length++, bits >>= 1)
        {
            code |= (int)(bits & 1);
            var count = _counts[length];
            if (code - first < count) return _symbols[index + code - first];
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }

        return -1;
    }

    private void Fill(ReadOnlySpan<byte> lengths)
    {
        Span<int> places = stackalloc int[MostBits + 2], codes = stackalloc int[MostBits + 2];
        for (var length = 1; length <= MostBits; length++)
        {
            places[length + 1] = places[length] + _counts[length];
            codes[length + 1] = (codes[length] + _counts[length]) << 1;
        }

        Array.Clear(_quick);
        for (var symbol = 0; symbol < lengths.Length; symbol++)
        {
            int length = lengths[symbol];
            if (length == 0) continue;
            _symbols[places[length]++] = (ushort)symbol;
            var code = codes[length]++;
            if (length > QuickBits) continue;
            var found = (ushort)(symbol << LengthBits | length);
            for (var at = Reversed(code, length); at < _quick.Length; at += 1 << length) _quick[at] = found;
        }
    }

    // The input has a code's highest bit first.
    private static int Reversed(int code, int length)
    {
        var reversed = 0;
        for (; length > 0; length--, code >>= 1) reversed = reversed << 1 | code & 1;
        return reversed;
    }
}
