using System.Diagnostics;
using Pipeline.Actors.Delivery;

namespace Pipeline.Actors.Telemetry;

/// <summary>Reads a running pipeline's counters into a <see cref="PipelineView"/>. Any thread; the data path does not notice.</summary>
internal sealed class PipelineMeter(Topology topology)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public PipelineView Read(bool atRest)
    {
        if (atRest) _clock.Stop();
        var rules = topology.Rules.Counts;
        return new PipelineView
        {
            Generation = rules.Generation,
            Elapsed = _clock.Elapsed,
            Ledger = topology.Ledger.Read(),
            AtRest = atRest,
            Queues = [.. topology.Queues.Select(q => new QueueView(q.Queue.Account.Name, q.Queue.Account.Received, q.Queue.Account.Bundles))],
            Rules = rules.Rules,
            Unmatched = rules.Unmatched,
            EarlierRules = rules.Earlier,
            Selected = topology.Selection.Selected,
            Consumers = [.. topology.Consumers.GroupBy(c => c.Cell.Options.Name).Select(g => Group([.. g.Select(c => c.Cell)]))],
        };
    }

    private static ConsumerView Group(IReadOnlyList<ConsumerCell> instances)
    {
        var first = instances[0];
        return new ConsumerView(
            first.Options.Name,
            KindName(first.Options.Kind),
            first.Account.DeliveredTally + first.Copies.DeliveredTally,
            first.Account.Bundles + first.Copies.Bundles,
            instances.Sum(i => i.Restarts),
            [.. instances.SelectMany(i => i.Notes)])
        {
            Counters = Counters(instances),
        };
    }

    private static IReadOnlyList<CounterView> Counters(IReadOnlyList<ConsumerCell> instances) =>
    [
        .. instances.SelectMany(i => i.Context.Counters)
            .GroupBy(c => c.Name, (name, counters) => new CounterView(name, counters.Sum(c => c.Value)))
            .OrderBy(c => c.Name, StringComparer.Ordinal),
    ];

    private static string KindName(Configuration.ConsumerKind kind) => kind switch
    {
        Configuration.ConsumerKind.AfPacket => "af_packet",
        Configuration.ConsumerKind.Bypass => "bypass",
        _ => "stack",
    };
}
