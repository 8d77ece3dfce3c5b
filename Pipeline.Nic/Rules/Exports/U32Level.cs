namespace Pipeline.Nic.Rules.Exports;

/// <summary>The comparisons of a u32 filter from one place on: aligned words (tc-u32(8): offsets are multiples of 4).</summary>
internal sealed class U32Level
{
    /// <summary>The most keys of one filter (f_u32.c of iproute2 holds 128).</summary>
    private const int MostKeys = 128;

    private readonly SortedDictionary<int, (uint Mask, uint Value)> _words = [];

    public U32Level()
    {
    }

    private U32Level(U32Level other) => _words = new(other._words);

    /// <summary>The end of the words that u32 reads. They can reach beyond the bytes that the rule reads.</summary>
    public int WordEnd => _words.Count == 0 ? int.MinValue : _words.Keys.Max() + 4;

    /// <summary>The end of the bytes that the rule itself reads.</summary>
    public int End { get; private set; } = int.MinValue;

    /// <param name="offset">The offset of the first byte from the start of this level.</param>
    /// <exception cref="NeverMatchesException">It contradicts an earlier comparison.</exception>
    public void Compare(int offset, int width, ulong mask, ulong value)
    {
        if ((value & ~mask) != 0) throw new NeverMatchesException();
        End = Math.Max(End, offset + width);
        for (var i = 0; i < width; i++)
        {
            var shift = 8 * (width - 1 - i);
            CompareByte(offset + i, (byte)(mask >> shift), (byte)(value >> shift));
        }
    }

    /// <summary>Requires bytes to be there, whatever they are.</summary>
    public void Need(int offset, int width) => Compare(offset, width, 0, 0);

    /// <summary>The bits of a byte that are compared, and the value they must have.</summary>
    public (byte Mask, byte Value) ByteAt(int offset)
    {
        var (mask, value) = _words.GetValueOrDefault(offset & ~3);
        var shift = 8 * (3 - (offset & 3));
        return ((byte)(mask >> shift), (byte)(value >> shift));
    }

    /// <summary>The bytes that have compared bits, in order.</summary>
    public IEnumerable<int> ComparedBytes =>
        _words.Keys.SelectMany(word => Enumerable.Range(word, 4)).Where(at => ByteAt(at).Mask != 0);

    public U32Level Copy() => new(this) { End = End };

    /// <exception cref="NotExpressibleException">It has too many words.</exception>
    public string Keys()
    {
        if (_words.Count > MostKeys)
            throw new NotExpressibleException($"it compares {_words.Count} words; a u32 filter has at most {MostKeys}");
        return string.Join(' ', _words.Select(w => $"match u32 0x{w.Value.Value:x8} 0x{w.Value.Mask:x8} at {w.Key}"));
    }

    private void CompareByte(int offset, byte mask, byte value)
    {
        var shift = 8 * (3 - (offset & 3));
        var (others, otherValue) = _words.GetValueOrDefault(offset & ~3);
        if (((otherValue ^ ((uint)value << shift)) & others & ((uint)mask << shift)) != 0) throw new NeverMatchesException();
        _words[offset & ~3] = (others | ((uint)mask << shift), otherValue | ((uint)value << shift));
    }
}
