
namespace Pipeline.Nic.Rules.Planning;

/// <summary>The values that the bits of a tuple must have for a rule to match, as compiled code reads them.</summary>
internal sealed class TupleKey(ulong[] words) : IEquatable<TupleKey>
{
    public ReadOnlySpan<ulong> Words => words;

    public bool Equals(TupleKey? other) => other is not null && Words.SequenceEqual(other.Words);

    public override bool Equals(object? obj) => Equals(obj as TupleKey);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var word in words) hash.Add(word);
        return hash.ToHashCode();
    }
}
