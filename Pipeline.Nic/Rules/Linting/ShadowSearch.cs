namespace Pipeline.Nic.Rules.Linting;

/// <summary>
/// Finds an earlier rule that takes every packet that a rule could match. Earlier rules are looked up by the bits that they compare. So the
/// time grows with the number of rules times the number of different sets of bits, and the latter is bounded.
/// </summary>
/// <param name="most">The most rules that there can be.</param>
internal sealed class ShadowSearch(int most)
{
    /// <summary>The most sets of bits that are remembered. For rules with other sets only equal conditions are found.</summary>
    private const int MostShapes = 64;

    private readonly Dictionary<BitShape, Dictionary<BitKey, TermRule>> _taken = [];
    private readonly Dictionary<BitShape, List<BitShape>> _within = [];

    /// <returns>The rule that shadows this one. If null, this one is remembered, provided that it ends the search.</returns>
    public TermRule? FindOrAdd(TermRule rule, ConditionBits bits)
    {
        foreach (var shape in ShapesWithin(bits.Shape))
        {
            if (_taken[shape].TryGetValue(bits.KeyFor(shape), out var earlier)) return earlier;
        }

        if (!rule.Continue) Remember(rule, bits);
        return null;
    }

    private void Remember(TermRule rule, ConditionBits bits)
    {
        if (!_taken.TryGetValue(bits.Shape, out var rules))
        {
            if (_taken.Count == MostShapes) return;
            _taken[bits.Shape] = rules = [];
            _within.Clear();
        }

        Growth.MakeRoom(rules, most);
        rules.TryAdd(bits.KeyFor(bits.Shape), rule);
    }

    private List<BitShape> ShapesWithin(BitShape shape)
    {
        if (!_within.TryGetValue(shape, out var found)) _within[shape] = found = [.. _taken.Keys.Where(s => s.IsWithin(shape))];
        return found;
    }
}
