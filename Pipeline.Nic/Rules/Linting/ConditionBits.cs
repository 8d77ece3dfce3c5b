namespace Pipeline.Nic.Rules.Linting;

/// <summary>
/// The bits that a rule's terms compare, independently of how they are written: terms that overlap, are adjacent or are in another order
/// give the same bits.
/// </summary>
internal sealed class ConditionBits
{
    private readonly SortedDictionary<Place, (byte Mask, byte Value)> _bytes = [];
    private readonly SortedDictionary<string, long> _ends = new(StringComparer.Ordinal);

    private readonly Dictionary<Place, Term> _asked = [];

    public ConditionBits(IReadOnlyList<Term> terms)
    {
        foreach (var term in terms) Add(term);
        Shape = new BitShape(_ends, _bytes.Select(b => (b.Key, b.Value.Mask)));
    }

    /// <summary>Two terms that compare the same bits with different values, or null.</summary>
    public (Term First, Term Second)? Contradiction { get; private set; }

    /// <summary>The bits, and the length that the packet must have.</summary>
    public BitShape Shape { get; }

    /// <summary>The values of the bits of a shape. The shape must compare no more than this one.</summary>
    public string KeyFor(BitShape shape)
    {
        var key = new char[shape.Bytes.Count];
        for (var i = 0; i < key.Length; i++)
            key[i] = (char)(_bytes.GetValueOrDefault(shape.Bytes[i].At).Value & shape.Bytes[i].Mask);
        return new string(key);
    }

    private void Add(Term term)
    {
        var origin = term.Address.IsConstant ? "" : (term.Address with { Offset = 0 }).ToString();
        _ends[origin] = Math.Max(_ends.GetValueOrDefault(origin), (long)term.Address.Offset + term.Width);
        for (var i = 0; i < term.Width; i++)
        {
            var shift = 8 * (term.Width - 1 - i);
            var (mask, value) = ((byte)(term.Mask >> shift), (byte)((term.Value & term.Mask) >> shift));
            if (mask != 0) Add(new Place(origin, (long)term.Address.Offset + i), mask, value, term);
        }
    }

    private void Add(Place place, byte mask, byte value, Term term)
    {
        var (other, otherValue) = _bytes.GetValueOrDefault(place);
        if (((value ^ otherValue) & mask & other) != 0) Contradiction ??= (_asked[place], term);
        _bytes[place] = ((byte)(mask | other), (byte)(value | otherValue));
        _asked[place] = term;
    }
}
