namespace Pipeline.Nic.Rules.Linting;

/// <summary>
/// The bits that a rule's terms compare, independently of how they are written: terms that overlap, are adjacent or are in another order
/// give the same bits.
/// </summary>
internal sealed class ConditionBits
{
    private readonly IReadOnlyList<Term> _terms;
    private readonly ConditionLayout? _layout;
    private readonly SortedDictionary<Place, (byte Mask, byte Value)>? _bytes;

    public ConditionBits(IReadOnlyList<Term> terms)
    {
        _terms = terms;
        _bytes = [];
        var ends = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var asked = new Dictionary<Place, Term>();
        foreach (var term in terms) Add(term, ends, asked);
        Shape = new BitShape(ends, _bytes.Select(b => (b.Key, b.Value.Mask)));
    }

    /// <param name="terms">Terms of which no two compare one bit.</param>
    /// <param name="layout">The layout of terms that differ from these only in values.</param>
    public ConditionBits(IReadOnlyList<Term> terms, ConditionLayout layout) => (_terms, _layout, Shape) = (terms, layout, layout.Shape);

    /// <summary>Two terms that compare the same bits with different values, or null.</summary>
    public (Term First, Term Second)? Contradiction { get; private set; }

    /// <summary>The bits, and the length that the packet must have.</summary>
    public BitShape Shape { get; }

    /// <summary>The values of the bits of a shape. The shape must compare no more than this one.</summary>
    public BitKey KeyFor(BitShape shape)
    {
        if (_layout is not null) return _layout.KeyFor(shape, _terms);
        var key = new byte[shape.Bytes.Count];
        for (var i = 0; i < key.Length; i++) key[i] = (byte)(_bytes!.GetValueOrDefault(shape.Bytes[i].At).Value & shape.Bytes[i].Mask);
        return BitKey.Of(key);
    }

    private void Add(Term term, SortedDictionary<string, long> ends, Dictionary<Place, Term> asked)
    {
        var origin = Place.OriginOf(term.Address);
        ends[origin] = Math.Max(ends.GetValueOrDefault(origin), (long)term.Address.Offset + term.Width);
        for (var i = 0; i < term.Width; i++)
        {
            var shift = 8 * (term.Width - 1 - i);
            var (mask, value) = ((byte)(term.Mask >> shift), (byte)((term.Value & term.Mask) >> shift));
            if (mask != 0) Add(new Place(origin, (long)term.Address.Offset + i), mask, value, term, asked);
        }
    }

    private void Add(Place place, byte mask, byte value, Term term, Dictionary<Place, Term> asked)
    {
        var (other, otherValue) = _bytes!.GetValueOrDefault(place);
        if (((value ^ otherValue) & mask & other) != 0) Contradiction ??= (asked[place], term);
        _bytes![place] = ((byte)(mask | other), (byte)(value | otherValue));
        asked[place] = term;
    }
}
