namespace Pipeline.Nic.Rules.Planning;

/// <summary>The values that the bits of a tuple must have for a rule to match, as compiled code reads them.</summary>
/// <remarks>There is one for each of tens of thousands of rules, so the key of a single word, as most are, is no object.</remarks>
internal readonly struct TupleKey : IEquatable<TupleKey>
{
    private readonly ulong _first;
    private readonly ulong[]? _all;

    public TupleKey(ReadOnlySpan<ulong> words)
    {
        Count = words.Length;
        if (words.Length > 0) _first = words[0];
        if (words.Length > 1) _all = words.ToArray();
    }

    /// <summary>How many words it has.</summary>
    public int Count { get; }

    public ulong this[int word] => word == 0 ? _first : _all![word];

    public bool Equals(TupleKey other) =>
        Count == other.Count && _first == other._first && (_all is null || _all.AsSpan().SequenceEqual(other._all));

    public override bool Equals(object? obj) => obj is TupleKey other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        for (var i = 0; i < Count; i++) hash.Add(this[i]);
        return hash.ToHashCode();
    }
}
