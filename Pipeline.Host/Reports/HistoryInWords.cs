using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Reports;

/// <summary>The generations of a node's rules, the newest first.</summary>
internal static class HistoryInWords
{
    public static IReadOnlyList<string> Of(RuleHistoryJson history)
    {
        List<string[]> rows = [["generation", "since", "rules", "from", "by", ""]];
        rows.AddRange(history.Generations.Select(g => new[]
        {
            $"{g.Generation}", RulesInWords.Time(g.When), $"{g.Rules}", Quoted.Of(g.Source), Quoted.Of(g.Who), string.Join(", ", Notes(g, history)),
        }));
        return Table.Lines(rows, leftColumns: rows[0].Length);
    }

    private static IEnumerable<string> Notes(GenerationJson generation, RuleHistoryJson history)
    {
        var inForce = generation.Generation == history.Generation;
        if (inForce) yield return "in force";
        if (inForce && history.Startup is { Same: false }) yield return "running only";
        if (generation.IsStartup == true) yield return "read by a restart";
        if (generation.RollbackTo is { } earlier) yield return $"the rules of {earlier} again";
        if (generation.ConfirmBy is { } deadline) yield return inForce ? $"to be confirmed by {RulesInWords.Clock(deadline)}" : "never confirmed";
    }
}
