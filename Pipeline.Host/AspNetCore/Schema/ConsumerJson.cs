using Pipeline.Actors.Telemetry;

namespace Pipeline.Host.Schema;

/// <summary>What one consumer group took.</summary>
/// <param name="Packets">Delivered or passed, copies included.</param>
/// <param name="Rate">Absent in the report.</param>
/// <param name="Failure">Why it was of no use during the whole run; null when it was of some use.</param>
/// <param name="ForOthers">Packets of other nodes, and copies, that this node's instances took; absent for none.</param>
/// <param name="Counters">What its handler counts, by name.</param>
/// <param name="Instances">Absent in the report.</param>
internal sealed record ConsumerJson(
    string Name, string Kind, long Packets, long Bytes, long Bundles, RateJson? Rate, int Restarts, string? Failure, DropsJson Dropped, CopiesJson Copies,
    IReadOnlyDictionary<string, long> Counters, IReadOnlyList<string> Notes, IReadOnlyList<InstanceJson>? Instances, TallyJson? ForOthers = null)
{
    public static ConsumerJson Of(ConsumerView consumer) => new(
        consumer.Name,
        consumer.Kind,
        consumer.Delivered.Packets,
        consumer.Delivered.Bytes,
        consumer.Bundles,
        null,
        consumer.Restarts,
        consumer.Failure,
        DropsJson.Of(consumer.DroppedByReason),
        new(consumer.CopiesDelivered.Packets, consumer.CopiesDroppedByReason.Values.Sum(d => d.Packets), consumer.CopiesReleased.Packets),
        consumer.Counters.ToDictionary(c => c.Name, c => c.Value),
        consumer.Notes,
        null,
        consumer.ForOthers.Packets > 0 ? TallyJson.Of(consumer.ForOthers) : null);

    public static ConsumerJson WithInstances(ConsumerView consumer) =>
        Of(consumer) with { Rate = RateJson.Of(consumer.Rate), Instances = [.. consumer.Instances.Select(InstanceJson.Of)] };
}

/// <param name="State"><c>starting</c>, <c>running</c>, <c>paused</c>, <c>backing-off</c>, <c>failed</c> or <c>completed</c>.</param>
internal sealed record InstanceJson(string Actor, string State, int Restarts, string? LastFailure, MailboxJson Mailbox, HandoffJson Handoff)
{
    public static InstanceJson Of(ConsumerInstanceView instance) => new(
        instance.Actor, JsonWord.Of(instance.State), instance.Restarts, instance.LastFailure, MailboxJson.Of(instance.Mailbox), HandoffJson.Of(instance.Handoff));
}

/// <summary>
/// The time from when a router began to fill a bundle to when its consumer took it. Percentiles are null before the first bundle.
/// </summary>
internal sealed record HandoffJson(long Bundles, double? P50Microseconds, double? P99Microseconds, double? P999Microseconds)
{
    public static HandoffJson Of(HandoffView handoff) =>
        new(handoff.Bundles, Microseconds(handoff.Quantile(0.5)), Microseconds(handoff.Quantile(0.99)), Microseconds(handoff.Quantile(0.999)));

    private static double? Microseconds(double? seconds) => seconds is { } s ? Math.Round(s * 1e6, 2) : null;
}
