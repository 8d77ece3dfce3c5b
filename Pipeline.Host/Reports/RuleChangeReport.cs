using Pipeline.Actors;
using Pipeline.Host.Remote;
using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Reports;

/// <summary>Writes a node's answer to a change of its rules: warnings to standard error, the outcome to standard output.</summary>
internal static class RuleChangeReport
{
    /// <param name="node">The node where the change is to be confirmed.</param>
    /// <param name="source">The text that was sent, for the places of warnings; null if none was.</param>
    public static void Write(RuleChangeJson change, SourceText? source, NodeAddress node, Terminal terminal)
    {
        foreach (var found in change.Diagnostics) terminal.Error.WriteLine(source is null ? $"{found.Severity}: {Quoted.Of(found.Message)}" : found.In(source).ToString());
        foreach (var line in RuleChangeInWords.Of(Of(change))) terminal.Out.WriteLine(line);
        if (change.ConfirmBy is not null) terminal.Error.WriteLine($"keep it: pipeline rules confirm {change.Generation}{(node.IsUsual ? "" : $" --node {node}")}");
    }

    private static RuleChange Of(RuleChangeJson change) => new()
    {
        Outcome = change.Outcome switch { "unchanged" => RuleOutcome.Unchanged, "confirmed" => RuleOutcome.Confirmed, _ => RuleOutcome.Applied },
        Generation = change.Generation,
        Delta = change.Changes.ToDelta(),
        ConfirmBy = change.ConfirmBy,
    };
}
