namespace Pipeline.Nic.Rules;

/// <summary>
/// Compares rules by what they match, as their <see cref="MarkRule.Condition"/> says it, without making the text. Names and marks do not
/// matter.
/// </summary>
internal sealed class SameCondition : IEqualityComparer<MarkRule>
{
    public static readonly SameCondition Instance = new();

    /// <inheritdoc/>
    public bool Equals(MarkRule? x, MarkRule? y) => (x, y) switch
    {
        (TermRule one, TermRule other) => AreEqual(one.Terms, other.Terms),
        (FilterRule one, FilterRule other) => one.Expression == other.Expression,
        _ => false,
    };

    /// <inheritdoc/>
    public int GetHashCode(MarkRule rule)
    {
        var hash = default(HashCode);
        if (rule is FilterRule filter) hash.Add(filter.Expression);
        else if (rule is TermRule terms) foreach (var term in terms.Terms) Add(term, ref hash);
        return hash.ToHashCode();
    }

    private static void Add(Term term, ref HashCode hash)
    {
        hash.Add(term.Address.Offset);
        hash.Add(term.Mask);
        hash.Add(term.Value);
    }

    private static bool AreEqual(IReadOnlyList<Term> one, IReadOnlyList<Term> other)
    {
        if (one.Count != other.Count) return false;
        for (var i = 0; i < one.Count; i++)
        {
            if (!AreEqual(one[i], other[i])) return false;
        }

        return true;
    }

    private static bool AreEqual(Term one, Term other) =>
        one.Width == other.Width && one.Mask == other.Mask && one.Value == other.Value && AreEqual(one.Address, other.Address);

    private static bool AreEqual(FieldAddress one, FieldAddress other) =>
        ReferenceEquals(one, other) || (one.Base == other.Base && one.Offset == other.Offset && one.Steps.SequenceEqual(other.Steps));
}
