using System.Text.Json;
using Pipeline.Actors.Telemetry;
using Pipeline.Host.Reports;
using Pipeline.Nic.Accounts;

namespace Pipeline.Host.Api;

/// <summary>A view as JSON. Those who stream at the same pace get the same view; it is written once for all of them.</summary>
internal sealed class Snapshots
{
    private volatile Written? _latest;

    public ReadOnlyMemory<byte> Write(PipelineView view)
    {
        if (_latest is { } latest && ReferenceEquals(latest.View, view)) return latest.Json;
        var written = new Written(view, JsonSerializer.SerializeToUtf8Bytes(Of(view), ApiJson.Readable.SnapshotJson));
        _latest = written;
        return written.Json;
    }

    public static SnapshotJson Of(PipelineView view) => new()
    {
        Sequence = view.Sequence,
        SampledAt = view.SampledAt,
        ElapsedSeconds = Math.Round(view.Elapsed.TotalSeconds, 6),
        Generation = view.Generation,
        AtRest = view.AtRest,
        RateSeconds = Math.Round(view.RateWindow.TotalSeconds, 3),
        Status = Status(view),
        Ledger = Ledger(view),
        Rates = new(Of(view.Rates.Received), Of(view.Rates.Delivered), Of(view.Rates.Passed), Of(view.Rates.Dropped)),
        Queues = [.. view.Queues.Select(q => new QueueJson(q.Name, q.Received.Packets, q.Received.Bytes, q.Bundles, Of(q.Rate), Of(q.Lost)))],
        Routers = [.. view.Routers.Select(r => new RouterJson(r.Name, r.Queue, r.Generation, Of(r.Mailbox), r.Waits))],
        Routes = [.. view.Routes.Select(Route)],
        Rules = [.. view.Rules.Select(Rule)],
        Guards = [.. view.Guards.Select(Guard)],
        Unmatched = Of(view.Unmatched, view.UnmatchedRate),
        EarlierRules = Of(view.EarlierRules),
        Consumers = [.. view.Consumers.Select(Consumer)],
        Stages = [.. view.Ledger.Accounts.Where(a => a.Kind == AccountKind.Stage).Select(a => new StageJson(a.Name, Of(a.DroppedByReason)))],
        Pools = [.. view.Pools.Select(p => new PoolJson(p.Name, p.PagesOut, p.Pages, p.PageBytes))],
        Handoff = Of(view.Consumers.SelectMany(c => c.Instances).Aggregate(HandoffView.None, (sum, i) => sum.Plus(i.Handoff))),
        Faults = view.Faults,
        Runtime = Runtime(),
    };

    public static GuardJson Guard(GuardView guard) => new(guard.Name, guard.Kept.Packets, guard.Kept.Bytes, Of(guard.Rate));

    public static RuleJson Rule(RuleView rule) =>
        new(rule.Name, MarkText.Of(rule.Mark, rule.MarkMask), rule.Matched.Packets, rule.Matched.Bytes, Of(rule.Rate));

    public static TallyJson Of(PacketTally tally) => new(tally.Packets, tally.Bytes);

    public static RatedTallyJson Of(PacketTally tally, Rate rate) => new(tally.Packets, tally.Bytes, Of(rate));

    /// <summary>The words of configurations: <c>DropNew</c> is <c>drop-new</c>.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private static StatusJson Status(PipelineView view)
    {
        var status = StatusSentence.Of(view);
        return new StatusJson(Word(status.Mood), status.Text);
    }

    private static LedgerJson Ledger(PipelineView view)
    {
        var ledger = view.Ledger;
        return new LedgerJson(
            Of(ledger.Received),
            Of(ledger.Delivered),
            new(ledger.Passed.Packets, ledger.Passed.Bytes, ledger.PassedByDevice.Packets),
            Of(ledger.DroppedByReason),
            new(ledger.InFlight.Packets, view.OnWire, ledger.MostInFlight),
            new(ledger.CopiesDelivered.Packets, ledger.CopiesDropped.Packets),
            Of(ledger.DeviceLost),
            view.Balanced);
    }

    private static RouteJson Route(RouteView route)
    {
        var options = route.Options;
        return new RouteJson(
            options.MarkMask == 0 ? null : MarkText.Of(options.Mark, options.MarkMask),
            options.To,
            options.Copy,
            Word(options.Balance),
            Word(route.Overload),
            route.Taken.Packets,
            route.Taken.Bytes,
            Of(route.Rate),
            Of(route.DroppedByReason),
            route.Pages,
            route.PagesLimit);
    }

    private static ConsumerJson Consumer(ConsumerView consumer) => new(
        consumer.Name,
        consumer.Kind,
        consumer.Delivered.Packets,
        consumer.Delivered.Bytes,
        consumer.Bundles,
        Of(consumer.Rate),
        consumer.Restarts,
        Of(consumer.DroppedByReason),
        new(consumer.CopiesDelivered.Packets, consumer.CopiesDroppedByReason.Values.Sum(d => d.Packets)),
        consumer.Counters.ToDictionary(c => c.Name, c => c.Value),
        consumer.Notes,
        [.. consumer.Instances.Select(i => new InstanceJson(i.Actor, Word(i.State), i.Restarts, i.LastFailure, Of(i.Mailbox), Of(i.Handoff)))]);

    private static RuntimeJson Runtime() => new(
        GC.CollectionCount(0),
        GC.CollectionCount(1),
        GC.CollectionCount(2),
        Math.Round(GC.GetTotalPauseDuration().TotalSeconds, 6),
        GC.GetTotalAllocatedBytes(),
        Environment.WorkingSet);

    private static HandoffJson Of(HandoffView handoff) =>
        new(handoff.Bundles, Microseconds(handoff.Quantile(0.5)), Microseconds(handoff.Quantile(0.99)), Microseconds(handoff.Quantile(0.999)));

    private static double? Microseconds(double? seconds) => seconds is { } s ? Math.Round(s * 1e6, 2) : null;

    private static RateJson Of(Rate rate) => new(Math.Round(rate.Packets, 1), Math.Round(rate.Bytes, 1));

    private static MailboxJson Of(MailboxView mailbox) => new(mailbox.Depth, mailbox.HighWater, Math.Round(mailbox.OldestAge.TotalMicroseconds, 1));

    private static DropsJson Of(IReadOnlyDictionary<DropReason, PacketTally> dropped) =>
        new(dropped.Values.Sum(d => d.Packets), dropped.Values.Sum(d => d.Bytes), dropped.ToDictionary(d => d.Key.Name(), d => d.Value.Packets));

    private static LossesJson Of(IReadOnlyDictionary<DeviceLoss, long> lost) =>
        new(lost.Values.Sum(), lost.ToDictionary(l => l.Key.Name(), l => l.Value));

    private sealed record Written(PipelineView View, byte[] Json);
}
