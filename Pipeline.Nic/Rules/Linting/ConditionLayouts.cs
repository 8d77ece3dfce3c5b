using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Linting;

/// <summary>
/// Reads the bits of rules. The layout of the first rule of a make is remembered for the others, of which there may be tens of thousands.
/// For one thread.
/// </summary>
internal sealed class ConditionLayouts
{
    /// <summary>Bounds what a text costs in which every rule is of another make.</summary>
    private const int Most = 256;

    private readonly Dictionary<IReadOnlyList<Term>, ConditionLayout> _known = new(new TermPlaces());

    public ConditionBits Read(IReadOnlyList<Term> terms)
    {
        if (_known.TryGetValue(terms, out var layout)) return new ConditionBits(terms, layout);
        var bits = new ConditionBits(terms);
        if (_known.Count < Most && !ConditionLayout.Overlap(terms, bits.Shape)) _known.Add(terms, new ConditionLayout(terms, bits.Shape));
        return bits;
    }
}
