using Pipeline.Actors;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Reports;

/// <summary>The outcome of a change of rules, in lines for people.</summary>
internal static class RuleChangeInWords
{
    /// <summary>The most names shown for one kind of change. Of the rest, the number is shown.</summary>
    private const int MostNames = 8;

    public const string NoAuthority = "the cluster has no authority on rules at the moment; nothing was changed; `pipeline cluster show` shows when it has one";

    public const string Unsure = "the cluster's authority on rules was lost while it was at it; `pipeline rules list` shows whether the rules were changed";

    public static IEnumerable<string> Of(RuleChange change) => 
        [.. change.Diagnostics.Select(d => d.ToString()), Summary(change), .. change.Cluster is { } cluster ? [Of(cluster, change.Generation)] : Array.Empty<string>()];

    /// <summary>How far a generation has come in the cluster.</summary>
    public static string Of(ClusterSpread spread, int generation) => spread.Behind.Count == 0
        ? $"generation {generation} is in force on {spread.InForce} of {spread.Members} nodes"
        : $"the cluster agreed on generation {generation}; it is in force on {spread.InForce} of {spread.Members} nodes; behind: {Quoted.Of(string.Join(", ", spread.Behind))}";

    private static string Summary(RuleChange change) => change.Outcome switch
    {
        RuleOutcome.Applied => $"rules: generation {change.Generation} in force: {Of(change.Delta)}{Condition(change)}",
        RuleOutcome.Unchanged => $"rules: nothing has changed; generation {change.Generation} stays in force",
        RuleOutcome.Confirmed => $"rules: generation {change.Generation} is confirmed",
        RuleOutcome.Invalid => $"error: {Errors(change)} in the new rules; generation {change.Generation} stays in force",
        RuleOutcome.Conflict => $"error: generation {change.Generation} is in force by now; nothing was changed",
        RuleOutcome.Unknown => $"error: there is no such generation to go back to; generation {change.Generation} stays in force",
        RuleOutcome.NoAuthority => $"error: {NoAuthority}",
        RuleOutcome.Unsure => $"error: {Unsure}",
        _ => "rules: the run is over; nothing was changed",
    };

    private static string Condition(RuleChange change) => change.ConfirmBy is { } time ? $"; to be confirmed by {time.UtcDateTime:HH:mm:ss} UTC" : "";

    private static string Errors(RuleChange change)
    {
        var errors = change.Diagnostics.Count(d => d.Severity == Severity.Error);
        return errors == 1 ? "1 error" : $"{errors} errors";
    }

    public static string Of(RuleSetDelta delta)
    {
        List<string> parts = [];
        Add(delta.Added, "added");
        Add(delta.Removed, "removed");
        Add(delta.Changed, "changed");
        if (delta.IsReordered) parts.Add("another order");
        if (delta.GuardsChanged) parts.Add("other guards lifted");
        return parts.Count == 0 ? "the same rules" : string.Join(", ", parts);

        void Add(IReadOnlyList<string> names, string what)
        {
            if (names.Count == 0) return;
            var more = names.Count > MostNames ? ", ..." : "";
            parts.Add($"{names.Count} {what} ({string.Join(", ", names.Take(MostNames))}{more})");
        }
    }
}
