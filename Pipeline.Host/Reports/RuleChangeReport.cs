using Pipeline.Actors;
using Pipeline.Host.Remote;
using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Reports;

/// <summary>Writes a node's answer to a change of its rules: warnings to standard error, the outcome to standard output.</summary>
internal static class RuleChangeReport
{
    /// <param name="source">The text that was sent, for the places of warnings; null if none was.</param>
    /// <param name="node">The node where the change is to be confirmed.</param>
    /// <returns>The exit code.</returns>
    public static int Write(RuleChangeJson change, SourceText? source, NodeAddress node, Terminal terminal, bool json)
    {
        if (json) terminal.Out.WriteLine(JsonText.Of(change, JsonShapes.Default.RuleChangeJson));
        else InWords(change, source, node, terminal);
        if (change.Saved != RuleChangeJson.Failed) return ExitCodes.Ok;
        terminal.Error.WriteLine($"error: generation {change.Generation} is in force and not saved: {Quoted.Of(change.SaveFailure ?? "the pipeline does not say why")}");
        return ExitCodes.InputOutputError;
    }

    private static void InWords(RuleChangeJson change, SourceText? source, NodeAddress node, Terminal terminal)
    {
        foreach (var found in change.Diagnostics) terminal.Error.WriteLine(source is null ? $"{found.Severity}: {Quoted.Of(found.Message)}" : found.In(source).ToString());
        foreach (var line in RuleChangeInWords.Of(Of(change))) terminal.Out.WriteLine(line + Kept(change));
        if (change.Cluster is { } cluster) terminal.Out.WriteLine(RuleChangeInWords.Of(cluster.ToSpread(), change.Generation));
        var at = node.IsUsual ? "" : $" --node {node}";
        if (change.ConfirmBy is not null) terminal.Error.WriteLine($"keep it: pipeline rules confirm {change.Generation}{at}");
        else if (IsRunningOnly(change) && change.Startup is { } startup) terminal.Error.WriteLine($"a restart reads {Quoted.Of(startup.File)}; write that too: pipeline rules apply --save{at}");
    }

    /// <summary>What becomes of the rules at the next start.</summary>
    private static string Kept(RuleChangeJson change) => change switch
    {
        { Saved: RuleChangeJson.Now, Startup: { } startup } => $"; saved in {Quoted.Of(startup.File)}",
        { Saved: RuleChangeJson.WhenConfirmed, Startup: { } startup } => $"; saved in {Quoted.Of(startup.File)} then",
        { Startup: { Same: true } startup } => $"; as in {Quoted.Of(startup.File)}",
        _ when IsRunningOnly(change) => "; running only",
        _ => "",
    };

    /// <summary>A pipeline of an earlier version says nothing about its rule file, and never writes it.</summary>
    private static bool IsRunningOnly(RuleChangeJson change) => change.Startup is not { Same: true } && change.Outcome != "unchanged";

    private static RuleChange Of(RuleChangeJson change) => new()
    {
        Outcome = change.Outcome switch { "unchanged" => RuleOutcome.Unchanged, "confirmed" => RuleOutcome.Confirmed, _ => RuleOutcome.Applied },
        Generation = change.Generation,
        Delta = change.Changes.ToDelta(),
        ConfirmBy = change.ConfirmBy,
    };
}
