using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>What one router classifies by: a compiled generation, and this router's own counts of it.</summary>
internal sealed record ActiveRules(MarkTable Table, RuleCounters Counters)
{
    public int Generation => Table.Rules.Generation;

    public static ActiveRules Of(MarkTable table) => new(table, table.NewCounters());
}
