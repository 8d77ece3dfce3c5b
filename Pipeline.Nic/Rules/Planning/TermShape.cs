
namespace Pipeline.Nic.Rules.Planning;

/// <summary>
/// Terms without their values: the part that rules of one make have in common. The result of <see cref="TermPattern"/> for the first of
/// them holds for the others.
/// </summary>
internal sealed class TermShape
{
    private readonly List<Move> _moves = [];
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

    /// <summary>The shape of terms, or null where two of them read the same bits: those might contradict each other.</summary>
    public static TermShape? Of(IReadOnlyList<Term> terms, RuleTuple tuple)
    {
        var bits = tuple.Fields.Sum(f => System.Numerics.BitOperations.PopCount(f.Mask));
        return bits == terms.Sum(t => System.Numerics.BitOperations.PopCount(t.Mask)) ? new TermShape(terms, tuple) : null;
    }

    /// <summary>The key of terms of this shape that can match. One thread at a time.</summary>
    public TupleKey KeyOf(IReadOnlyList<Term> terms)
    {
        Array.Clear(_values);
        foreach (var move in _moves)
        {
            var value = terms[move.Term].Value;
            _values[move.Field] |= (move.Shift < 0 ? value >> -move.Shift : value << move.Shift) & Tuple.Fields[move.Field].Mask;
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
            if (Math.Abs(shift) < 64) _moves.Add(new Move(i, index, (int)shift));
        }
    }

    /// <param name="Shift">
    /// Bits by which a term's value is shifted to its place in the field: to the left, or to the right where negative.
    /// </param>
    private sealed record Move(int Term, int Field, int Shift);
}
