using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Reports;

/// <summary>The consumers of a node: the state of each, what it took, and what was lost before it.</summary>
internal static class ConsumersInWords
{
    public static IEnumerable<string> Of(ConsumersJson consumers)
    {
        List<string[]> rows = [["consumer", "kind", "state", "instances", "restarts", "queued", "packets", "pkt/s", "dropped"]];
        rows.AddRange(consumers.Consumers.Select(Row));
        var lines = Table.Lines(rows, leftColumns: 3);
        yield return lines[0];
        for (var i = 0; i < consumers.Consumers.Count; i++)
        {
            var consumer = consumers.Consumers[i];
            yield return $"{lines[i + 1]}{Reasons(consumer)}";
            foreach (var instance in Instances(consumer).Where(x => x.LastFailure is not null)) yield return Quoted.Of($"    {instance.Actor} failed: {instance.LastFailure}");
        }
    }

    private static string[] Row(ConsumerJson consumer) =>
    [
        Quoted.Of(consumer.Name), Quoted.Of(consumer.Kind), States(Instances(consumer)), $"{Instances(consumer).Count}", $"{consumer.Restarts}",
        $"{Instances(consumer).Sum(i => (long)i.Mailbox.Depth)}", $"{consumer.Packets}", Figures.Short(consumer.Rate?.Packets ?? 0), $"{consumer.Dropped.Packets}",
    ];

    /// <summary>The states of the instances: one word if all agree.</summary>
    private static string States(IReadOnlyList<InstanceJson> instances)
    {
        var states = instances.GroupBy(i => Quoted.Of(i.State)).ToList();
        return states.Count switch { 0 => "-", 1 => states[0].Key, _ => string.Join(", ", states.Select(s => $"{s.Count()} {s.Key}")) };
    }

    private static IReadOnlyList<InstanceJson> Instances(ConsumerJson consumer) => consumer.Instances ?? [];

    private static string Reasons(ConsumerJson consumer)
    {
        List<string> reasons = [.. consumer.Dropped.Reasons.Where(r => r.Value > 0).Select(r => $"{Quoted.Of(r.Key)} {r.Value}")];
        if (consumer.Copies.Dropped > 0) reasons.Add($"copies {consumer.Copies.Dropped}");
        return reasons.Count == 0 ? "" : $"  ({string.Join(", ", reasons)})";
    }
}
