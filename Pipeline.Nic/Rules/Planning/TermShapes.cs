
namespace Pipeline.Nic.Rules.Planning;

/// <summary>
/// Reads terms as tuple and key. The result for the first rule of a make is remembered for the others. For one thread.
/// </summary>
internal sealed class TermShapes
{
    private readonly Dictionary<IReadOnlyList<Term>, TermShape> _shapes = new(new TermPlaces());

    /// <returns>False when no packet can match.</returns>
    public bool TryRead(IReadOnlyList<Term> terms, out RuleTuple tuple, out TupleKey key)
    {
        if (!_shapes.TryGetValue(terms, out var shape))
        {
            if (!TermPattern.TryRead(terms, out tuple, out key)) return false;
            if (TermShape.Of(terms, tuple) is { } found) _shapes.Add(terms, found);
            return true;
        }

        tuple = shape.Tuple;
        key = shape.KeyOf(terms);
        return terms.All(t => t.CanMatch);
    }
}
