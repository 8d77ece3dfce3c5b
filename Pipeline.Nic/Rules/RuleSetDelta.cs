namespace Pipeline.Nic.Rules;

/// <summary>
/// The changes from one rule set to another. A rule is identified by its name, and is unchanged when its text is the same.
/// </summary>
/// <param name="Added">Names that the old set did not have, in the new order.</param>
/// <param name="Removed">Names that the new set does not have, in the old order.</param>
/// <param name="Changed">Names of rules that match or mark something else, in the new order.</param>
/// <param name="Kept">How many rules are the same in both.</param>
/// <param name="IsReordered">Whether rules of both sets are tried in another order.</param>
/// <param name="GuardsChanged">Whether other keep-out guards are lifted.</param>
public sealed record RuleSetDelta(
    IReadOnlyList<string> Added, IReadOnlyList<string> Removed, IReadOnlyList<string> Changed, int Kept, bool IsReordered,
    bool GuardsChanged)
{
    /// <summary>No change, and no rule that was kept.</summary>
    public static readonly RuleSetDelta None = new([], [], [], 0, false, false);

    /// <summary>Whether both sets mean the same.</summary>
    public bool IsEmpty => Added.Count == 0 && Removed.Count == 0 && Changed.Count == 0 && !IsReordered && !GuardsChanged;

    /// <summary>Compares two sets by what their rules say. Spaces, comments and numbers of generations do not matter.</summary>
    public static RuleSetDelta Between(RuleSet from, RuleSet to)
    {
        var places = new Dictionary<string, int>(from.Rules.Count);
        for (var i = 0; i < from.Rules.Count; i++) places[from.Rules[i].Name] = i;

        List<string> added = [], changed = [];
        var (last, reordered) = (-1, false);
        foreach (var rule in to.Rules)
        {
            if (!places.Remove(rule.Name, out var place))
            {
                added.Add(rule.Name);
                continue;
            }

            reordered |= place < last;
            last = Math.Max(last, place);
            if (!IsSame(from.Rules[place], rule)) changed.Add(rule.Name);
        }

        var removed = places.OrderBy(p => p.Value).Select(p => p.Key).ToList();
        var guards = !from.LiftedGuards.Order().SequenceEqual(to.LiftedGuards.Order());
        return new RuleSetDelta(added, removed, changed, to.Rules.Count - added.Count - changed.Count, reordered, guards);
    }

    /// <summary>Whether two rules of one name are the same line of a rule file.</summary>
    private static bool IsSame(MarkRule one, MarkRule other) =>
        one.Mark == other.Mark && one.MarkMask == other.MarkMask && one.Continue == other.Continue
        && SameCondition.Instance.Equals(one, other);
}
