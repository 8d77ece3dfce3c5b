namespace Pipeline.Nic.Rules.Compiled;

/// <summary>
/// Terms without their values: what rules of one make have in common. What <see cref="TermPattern"/> works out for the first of them
/// is known for the others.
/// </summary>
internal sealed class TermShape
{
    private readonly List<(int Term, int Field, int Shift)> _moves = [];
    private readonly ulong[] _values;

    private TermShape(IReadOnlyList<Term> terms, RuleTuple tuple)
    {
        Tuple = tuple;
        _values = new ulong[tuple.Fields.Count];
        var field = 0;
        foreach (var place in tuple.Places)
        {
            for (var i = 0; i < place.Fields.Count; i++, field++) AddMoves(terms, place, place.Fields[i], field);
        }
    }

    public RuleTuple Tuple { get; }

    /// <summary>The shape of terms, or null where two of them look at the same bits: those may contradict each other.</summary>
    public static TermShape? Of(IReadOnlyList<Term> terms, RuleTuple tuple)
    {
        var bits = tuple.Fields.Sum(f => System.Numerics.BitOperations.PopCount(f.Mask));
        return bits == terms.Sum(t => System.Numerics.BitOperations.PopCount(t.Mask)) ? new TermShape(terms, tuple) : null;
    }

    /// <summary>The key of terms of this shape that can match. Not for two threads at once.</summary>
    public TupleKey KeyOf(IReadOnlyList<Term> terms)
    {
        Array.Clear(_values);
        foreach (var (term, field, shift) in _moves)
        {
            var value = terms[term].Value;
            _values[field] |= (shift < 0 ? value >> -shift : value << shift) & Tuple.Fields[field].Mask;
        }

        return Tuple.KeyOf(_values);
    }

    private void AddMoves(IReadOnlyList<Term> terms, TuplePlace place, TupleField field, int index)
    {
        for (var i = 0; i < terms.Count; i++)
        {
            var term = terms[i];
            if (!TermPlaces.AreSame(term.Address, place.Address)) continue;
            var shift = 8 * (field.Offset + field.Width - term.Address.Offset - term.Width);
            if (Math.Abs(shift) < 64) _moves.Add((i, index, (int)shift));
        }
    }
}
