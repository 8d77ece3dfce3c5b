namespace Pipeline.Nic.Rules.Linting;

/// <summary>
/// Where the bytes of a shape stand in the terms of a rule. It is the same for all rules that differ only in values. For one thread.
/// </summary>
/// <param name="terms">The terms of one of them.</param>
/// <param name="shape">Their bits.</param>
internal sealed class ConditionLayout(IReadOnlyList<Term> terms, BitShape shape)
{
    private readonly (int Term, int Shift)[][] _parts = [.. shape.Bytes.Select(b => PartsOf(terms, b.At).ToArray())];
    private readonly Dictionary<BitShape, int[]> _within = [];

    public BitShape Shape => shape;

    /// <summary>
    /// Whether two terms compare one bit. Their values may contradict each other then, so each rule is looked at by itself.
    /// </summary>
    public static bool Overlap(IReadOnlyList<Term> terms, BitShape shape) =>
        shape.Bytes.Sum(b => (int)byte.PopCount(b.Mask)) != terms.Sum(t => (int)ulong.PopCount(t.Mask));

    /// <summary>The values of another shape's bits, which must be within this one.</summary>
    public BitKey KeyFor(BitShape other, IReadOnlyList<Term> terms)
    {
        if (!_within.TryGetValue(other, out var places)) _within[other] = places = PlacesOf(other);
        Span<byte> bytes = places.Length <= 64 ? stackalloc byte[places.Length] : new byte[places.Length];
        for (var i = 0; i < places.Length; i++)
        {
            bytes[i] = 0;
            foreach (var (term, shift) in _parts[places[i]]) bytes[i] |= (byte)((terms[term].Value & terms[term].Mask) >> shift);
            bytes[i] &= other.Bytes[i].Mask;
        }

        return BitKey.Of(bytes);
    }

    private static IEnumerable<(int Term, int Shift)> PartsOf(IReadOnlyList<Term> terms, Place at)
    {
        for (var i = 0; i < terms.Count; i++)
        {
            var byteOfTerm = at.At - terms[i].Address.Offset;
            if (byteOfTerm >= 0 && byteOfTerm < terms[i].Width && Place.OriginOf(terms[i].Address) == at.Origin)
                yield return (i, 8 * (terms[i].Width - 1 - (int)byteOfTerm));
        }
    }

    private int[] PlacesOf(BitShape other)
    {
        var (places, at) = (new int[other.Bytes.Count], 0);
        for (var i = 0; i < places.Length; i++)
        {
            while (shape.Bytes[at].At != other.Bytes[i].At) at++;
            places[i] = at;
        }

        return places;
    }
}
