using Pipeline.Actors;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Schema;

/// <summary>Answer of every request that changes the rules.</summary>
/// <param name="Generation">The generation in force now.</param>
/// <param name="Outcome"><c>applied</c>, <c>unchanged</c> if the same text was in force already, or <c>confirmed</c>.</param>
/// <param name="ConfirmBy">As in <see cref="RulesJson"/>.</param>
/// <param name="Diagnostics">Warnings.</param>
/// <param name="Startup">As in <see cref="RulesJson"/>, after the change.</param>
/// <param name="Saved">
/// <see cref="Now"/>, <see cref="WhenConfirmed"/>, or <see cref="Failed"/> if the rules are in force and not in the file; absent if nobody
/// asked for it.
/// </param>
/// <param name="SaveFailure">Why they are not in the file; absent unless that failed.</param>
/// <param name="Cluster">How far a new generation has come; absent for a pipeline that is no node of a cluster.</param>
internal sealed record RuleChangeJson(
    int Generation, string Outcome, DateTimeOffset? ConfirmBy, RuleDeltaJson Changes, IReadOnlyList<DiagnosticJson> Diagnostics,
    StartupJson? Startup, string? Saved, string? SaveFailure, ClusterSpreadJson? Cluster)
{
    public const string Now = "now";

    public const string WhenConfirmed = "when-confirmed";

    public const string Failed = "failed";

    public static RuleChangeJson Of(RuleChange change, StartupJson? startup, string? saved, string? saveFailure) => new(
        change.Generation, JsonWord.Of(change.Outcome), change.ConfirmBy, RuleDeltaJson.Of(change.Delta), DiagnosticJson.Of(change.Diagnostics),
        startup, saved, saveFailure, ClusterSpreadJson.Of(change.Cluster));
}

/// <param name="InForce">The number of members that run the generation.</param>
/// <param name="Members">The number of all members.</param>
/// <param name="Behind">The others, each by its name and why.</param>
internal sealed record ClusterSpreadJson(int InForce, int Members, IReadOnlyList<string> Behind)
{
    public static ClusterSpreadJson? Of(ClusterSpread? spread) => spread is null ? null : new(spread.InForce, spread.Members, spread.Behind);

    public ClusterSpread ToSpread() => new(InForce, Members, Behind);
}

/// <summary>Names of rules.</summary>
/// <param name="Kept">The number of rules that stay the same.</param>
internal sealed record RuleDeltaJson(
    IReadOnlyList<string> Added, IReadOnlyList<string> Removed, IReadOnlyList<string> Changed, int Kept, bool Reordered, bool GuardsChanged)
{
    public static RuleDeltaJson Of(RuleSetDelta delta) => new(delta.Added, delta.Removed, delta.Changed, delta.Kept, delta.IsReordered, delta.GuardsChanged);

    public RuleSetDelta ToDelta() => new(Added, Removed, Changed, Kept, Reordered, GuardsChanged);
}
