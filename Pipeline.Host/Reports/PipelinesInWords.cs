using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Reports;

/// <summary>Running pipelines, a line for each.</summary>
internal static class PipelinesInWords
{
    /// <returns>No line for no pipeline.</returns>
    public static IReadOnlyList<string> Of(IReadOnlyList<PipelineJson> running)
    {
        if (running.Count == 0) return [];
        List<string[]> rows = [["name", "pid", "source", "server", "since"]];
        rows.AddRange(running.Select(p => new[] { p.Name, $"{p.Pid}", Quoted.Of(p.Source), Quoted.Of(p.Url ?? "-"), RulesInWords.Time(p.Started) }));
        return Table.Lines(rows, leftColumns: rows[0].Length);
    }
}
