using Pipeline.Host.Schema;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Checking;

/// <summary>What changes about a rule, or about a lifted guard.</summary>
internal enum RuleEditKind
{
    Added,
    Removed,
    Changed,

    /// <summary>Its text is the same, but its place among the other rules has changed.</summary>
    Moved,
}

/// <param name="Name">The name of the rule or of the guard.</param>
/// <param name="Before">The old line; null for a new rule.</param>
/// <param name="After">The new line; null for a rule that is gone.</param>
internal sealed record RuleEdit(RuleEditKind Kind, string Name, string? Before, string? After)
{
    public RuleEditJson ToJson() => new(JsonWord.Of(Kind), Name, Before, After);
}

/// <summary>The steps from one rule set to another, in the order of the new one. Rules that are gone keep their old place.</summary>
internal static class RuleEdits
{
    public static IReadOnlyList<RuleEdit> Between(RuleSet from, RuleSet to)
    {
        var places = from.Rules.Select((rule, i) => (rule.Name, i)).ToDictionary(p => p.Name, p => p.i);
        var kept = to.Rules.Where(r => places.ContainsKey(r.Name)).Select(r => places[r.Name]).ToList();
        var (stays, known) = (InOrder(kept), kept.ToHashSet());

        List<RuleEdit> edits = [.. Guards(from, to)];
        var next = 0;
        foreach (var rule in to.Rules)
        {
            if (!places.TryGetValue(rule.Name, out var place)) edits.Add(new(RuleEditKind.Added, rule.Name, null, Text(to, rule)));
            else
            {
                if (stays.Contains(place)) RemoveUpTo(place);
                if (Edit(from.Rules[place], rule, !stays.Contains(place)) is { } kind) edits.Add(new(kind, rule.Name, Text(from, from.Rules[place]), Text(to, rule)));
            }
        }

        RemoveUpTo(from.Rules.Count);
        return edits;

        void RemoveUpTo(int end)
        {
            for (; next < end; next++)
            {
                if (!known.Contains(next)) edits.Add(new(RuleEditKind.Removed, from.Rules[next].Name, Text(from, from.Rules[next]), null));
            }
        }
    }

    private static RuleEditKind? Edit(MarkRule before, MarkRule after, bool moved) =>
        before.ToString() != after.ToString() ? RuleEditKind.Changed : moved ? RuleEditKind.Moved : null;

    /// <summary>
    /// The largest set of places in ascending order. Everything else has moved, and no smaller number of moves is enough (longest
    /// increasing subsequence, by patience sorting).
    /// </summary>
    private static HashSet<int> InOrder(List<int> places)
    {
        List<int> tops = [];
        var before = new Dictionary<int, int>();
        foreach (var place in places)
        {
            var pile = tops.BinarySearch(place);
            if (pile < 0) pile = ~pile;
            if (pile > 0) before[place] = tops[pile - 1];
            if (pile == tops.Count) tops.Add(place);
            else tops[pile] = place;
        }

        HashSet<int> longest = [];
        if (tops.Count == 0) return longest;
        var each = tops[^1];
        while (longest.Add(each) && before.TryGetValue(each, out var earlier)) each = earlier;
        return longest;
    }

    private static IEnumerable<RuleEdit> Guards(RuleSet from, RuleSet to) =>
    [
        .. from.LiftedGuards.Except(to.LiftedGuards).Select(g => new RuleEdit(RuleEditKind.Removed, g, Lifted(g), null)),
        .. to.LiftedGuards.Except(from.LiftedGuards).Select(g => new RuleEdit(RuleEditKind.Added, g, null, Lifted(g))),
    ];

    private static string Lifted(string guard) => $"keep-out off {guard}";

    private static string Text(RuleSet rules, MarkRule rule) => rules.Source.Line(rules.Source.PositionOf(rule.Span.Start).Line).Trim();
}
