using Pipeline.Actors.Routing;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>
/// The rules that one router works by: a compiled generation, this router's own counts of it, and the routes that belong to it.
/// </summary>
internal sealed record ActiveRules(MarkTable Table, RuleCounters Counters, RouterPlan Plan)
{
    public int Generation => Table.Rules.Generation;

    public static ActiveRules Of(MarkTable table, RouterPlan plan) => new(table, table.NewCounters(), plan);
}
