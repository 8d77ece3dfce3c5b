namespace Pipeline.Nic.Rules.Linting;

/// <summary>A byte that a rule reads: the place it counts from, and the distance from there.</summary>
internal readonly record struct Place(string Origin, long At) : IComparable<Place>
{
    public int CompareTo(Place other) =>
        string.CompareOrdinal(Origin, other.Origin) is var order and not 0 ? order : At.CompareTo(other.At);

    /// <summary>The origin of a term's bytes: empty for the packet's first byte.</summary>
    public static string OriginOf(FieldAddress address) => address.IsConstant ? "" : (address with { Offset = 0 }).ToString();
}

/// <summary>The bits that a rule compares, without their values. Equal for rules that differ only in values.</summary>
internal sealed class BitShape : IEquatable<BitShape>
{
    private readonly List<(string Origin, long End)> _ends;
    private readonly int _hash;

    /// <param name="ends">For each origin, the end of the bytes that must be there.</param>
    public BitShape(IEnumerable<KeyValuePair<string, long>> ends, IEnumerable<(Place At, byte Mask)> bytes)
    {
        _ends = [.. ends.Select(e => (e.Key, e.Value))];
        Bytes = [.. bytes];
        var hash = default(HashCode);
        foreach (var end in _ends) hash.Add(end);
        foreach (var b in Bytes) hash.Add(b);
        _hash = hash.ToHashCode();
    }

    /// <summary>In order of place.</summary>
    public IReadOnlyList<(Place At, byte Mask)> Bytes { get; }

    /// <summary>Whether another shape compares all the bits that this one compares.</summary>
    public bool IsWithin(BitShape other)
    {
        if (Bytes.Count > other.Bytes.Count || !_ends.All(e => other._ends.Exists(o => o.Origin == e.Origin && o.End >= e.End)))
            return false;
        var at = 0;
        foreach (var (place, mask) in Bytes)
        {
            while (at < other.Bytes.Count && other.Bytes[at].At.CompareTo(place) < 0) at++;
            if (at == other.Bytes.Count || other.Bytes[at].At != place || (other.Bytes[at].Mask & mask) != mask) return false;
        }

        return true;
    }

    public bool Equals(BitShape? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash && _ends.SequenceEqual(other._ends) && Bytes.SequenceEqual(other.Bytes));

    public override bool Equals(object? obj) => Equals(obj as BitShape);

    public override int GetHashCode() => _hash;
}
