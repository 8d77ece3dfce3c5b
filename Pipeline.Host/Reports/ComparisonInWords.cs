using Pipeline.Actors.Generations;
using Pipeline.Host.Checking;
using Pipeline.Nic.Accounts;

namespace Pipeline.Host.Reports;

/// <summary>The changes that new rules would make, in lines for people.</summary>
internal static class ComparisonInWords
{
    /// <summary>The most kinds of change, and the most flows, that are shown. JSON has them all.</summary>
    private const int MostRows = 20;

    public static IEnumerable<string> Of(Comparison comparison)
    {
        if (comparison.Delta is { } delta) yield return $"rules: {RuleChangeInWords.Of(delta)}";
        if (comparison.Packets is not { } packets) yield break;
        yield return $"{comparison.Capture}: {Count(packets.Compared, "packet")} compared, {packets.Rerouted.Packets} would go another way, {packets.Remarked.Packets} the same way with another mark";
        foreach (var line in Shifts(packets)) yield return line;
        foreach (var line in Flows(packets)) yield return line;
    }

    private static IEnumerable<string> Shifts(RuleDiff packets)
    {
        if (packets.Shifts.Count == 0) return [];
        List<string[]> rows = [["before", "after", "flows", "packets", "bytes"]];
        rows.AddRange(packets.Shifts.Take(MostRows).Select(s => new[] { Verdict(s.Before), Verdict(s.After), $"{s.Flows}", $"{s.Packets.Packets}", $"{s.Packets.Bytes}" }));
        return [.. Table.Lines(rows, leftColumns: 2), .. More(packets.Shifts.Skip(MostRows).Select(s => s.Packets), packets.BeyondShifts, "kinds of change")];
    }

    private static IEnumerable<string> Flows(RuleDiff packets)
    {
        if (packets.Flows.Count == 0) return [];
        List<string[]> rows = [["flow", "before", "after", "packets", "bytes"]];
        rows.AddRange(packets.Flows.Take(MostRows).Select(f => new[] { f.Flow, Way(f.Before), Way(f.After), $"{f.Packets.Packets}", $"{f.Packets.Bytes}" }));
        return [.. Table.Lines(rows, leftColumns: 3), .. More(packets.Flows.Skip(MostRows).Select(f => f.Packets), packets.BeyondFlows, "flows")];
    }

    private static IEnumerable<string> More(IEnumerable<PacketTally> hidden, PacketTally beyond, string what)
    {
        var rest = hidden.Aggregate(beyond, PacketTally.Add);
        if (rest.Packets > 0) yield return $"({Count(rest, "packet")} of more {what})";
    }

    private static string Verdict(RuleVerdict verdict) => $"{verdict.Route} ({(verdict.IsKeptOut ? "kept out" : verdict.Rule ?? "unmatched")}, mark 0x{verdict.Mark:x})";

    private static string Way(RuleVerdict verdict) => $"{verdict.Route} 0x{verdict.Mark:x}";

    private static string Count(PacketTally tally, string noun) => tally.Packets == 1 ? $"1 {noun}" : $"{tally.Packets} {noun}s";
}
