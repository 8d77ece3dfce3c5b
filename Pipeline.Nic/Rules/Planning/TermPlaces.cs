
namespace Pipeline.Nic.Rules.Planning;

/// <summary>Compares the places that terms read, whatever the values are.</summary>
internal sealed class TermPlaces : IEqualityComparer<IReadOnlyList<Term>>
{
    /// <summary>Whether two addresses count from the same base.</summary>
    public static bool AreSame(FieldAddress one, FieldAddress other) => one.Base == other.Base && one.Steps.SequenceEqual(other.Steps);

    public bool Equals(IReadOnlyList<Term>? x, IReadOnlyList<Term>? y)
    {
        if (x is null || y is null || x.Count != y.Count) return false;
        for (var i = 0; i < x.Count; i++)
        {
            if (x[i].Mask != y[i].Mask || x[i].Width != y[i].Width || x[i].Address.Offset != y[i].Address.Offset) return false;
            if (!AreSame(x[i].Address, y[i].Address)) return false;
        }

        return true;
    }

    public int GetHashCode(IReadOnlyList<Term> terms)
    {
        var hash = default(HashCode);
        for (var i = 0; i < terms.Count; i++)
        {
            hash.Add(terms[i].Mask);
            hash.Add(terms[i].Address.Offset);
            hash.Add(terms[i].Address.Steps.Count);
        }

        return hash.ToHashCode();
    }
}
