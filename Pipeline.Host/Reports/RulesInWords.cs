using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Reports;

/// <summary>The rules in force at a node, and their counts.</summary>
internal static class RulesInWords
{
    /// <param name="now">The time now, for the time left until they have to be confirmed.</param>
    public static IEnumerable<string> Of(RulesJson rules, DateTimeOffset now)
    {
        yield return Origin(rules);
        if (rules.ConfirmBy is { } deadline) yield return $"to be confirmed by {Clock(deadline)} (in {Math.Max(0, (deadline - now).TotalSeconds):0} s), or the rules before it come back";
        if (rules.Startup is { } startup) yield return Startup(startup);
        List<string[]> rows = [["rule", "mark", "packets", "bytes", "pkt/s", "bit/s"]];
        rows.AddRange(rules.Guards.Select(g => Row($"keep-out {g.Name}", "-", g.Packets, g.Bytes, g.Rate)));
        rows.AddRange(rules.Rules.Select(r => Row(r.Name, r.Mark, r.Packets, r.Bytes, r.Rate)));
        rows.Add(Row("unmatched", "-", rules.Unmatched.Packets, rules.Unmatched.Bytes, rules.Unmatched.Rate));
        if (rules.EarlierRules.Packets > 0) rows.Add(["(earlier rules)", "-", $"{rules.EarlierRules.Packets}", $"{rules.EarlierRules.Bytes}", "", ""]);
        foreach (var line in Table.Lines(rows, leftColumns: 2)) yield return line;
    }

    /// <summary>The generation, since when it is in force, where it came from, and who put it in force.</summary>
    public static string Origin(RulesJson rules) =>
        $"generation {rules.Generation} in force since {Time(rules.When)}, from {Quoted.Of(rules.Source)} ({Quoted.Of(rules.Who)})";

    private static string Startup(StartupJson startup) => startup switch
    {
        { Problem: { } problem } => $"a restart fails: {Quoted.Of(problem)}; `pipeline rules apply --save` writes it",
        { Same: true } => $"a restart reads the same rules from {Quoted.Of(startup.File)}",
        _ => $"running only: a restart reads other rules from {Quoted.Of(startup.File)}; `pipeline rules apply --save` writes these there",
    };

    public static string Time(DateTimeOffset when) => $"{when.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";

    public static string Clock(DateTimeOffset when) => $"{when.UtcDateTime:HH:mm:ss} UTC";

    private static string[] Row(string name, string mark, long packets, long bytes, RateJson? rate) =>
        [Quoted.Of(name), Quoted.Of(mark), $"{packets}", $"{bytes}", Figures.Short(rate?.Packets ?? 0), Figures.Short((rate?.Bytes ?? 0) * 8)];
}
