using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Schema;

/// <summary>What one rule matched.</summary>
/// <param name="Rate">Absent in the report.</param>
internal sealed record RuleJson(string Name, string Mark, long Packets, long Bytes, RateJson? Rate)
{
    public static RuleJson Of(RuleView rule) => new(rule.Name, MarkNumber.Text(rule.Mark, rule.MarkMask), rule.Matched.Packets, rule.Matched.Bytes, null);

    public static IReadOnlyList<RuleJson> Rated(IReadOnlyList<RuleView> rules) => Projection.Of(rules, r => Of(r) with { Rate = RateJson.Of(r.Rate) });
}

/// <summary>What one keep-out guard left to the normal stack.</summary>
/// <param name="Rate">Absent in the report.</param>
internal sealed record GuardJson(string Name, long Packets, long Bytes, RateJson? Rate)
{
    public static GuardJson Of(GuardView guard) => new(guard.Name, guard.Kept.Packets, guard.Kept.Bytes, null);

    public static IReadOnlyList<GuardJson> Rated(IReadOnlyList<GuardView> guards) => [.. guards.Select(g => Of(g) with { Rate = RateJson.Of(g.Rate) })];
}
