namespace Pipeline.Host.Api;

/// <summary>
/// Answer of <c>GET /api/v1/snapshot</c> and of the stream's <c>snapshot</c> events, schema <c>pipeline.snapshot/1</c>. The shapes of the
/// ledger, queues, rules and consumers are those of the report (<c>run --json</c>), with more to each. Bytes are captured bytes; rates
/// are a second.
/// </summary>
internal sealed record SnapshotJson
{
    public string Schema { get; init; } = "pipeline.snapshot/1";

    public required long Sequence { get; init; }

    public required DateTimeOffset SampledAt { get; init; }

    public required double ElapsedSeconds { get; init; }

    public required int Generation { get; init; }

    /// <summary>Whether the pipeline has come to its end.</summary>
    public required bool AtRest { get; init; }

    /// <summary>What rates are taken over; 0 when there was nothing to compare with, and every rate is 0 then.</summary>
    public required double RateSeconds { get; init; }

    /// <summary>How it is, in one sentence.</summary>
    public required StatusJson Status { get; init; }

    public required LedgerJson Ledger { get; init; }

    public required LedgerRatesJson Rates { get; init; }

    public required IReadOnlyList<QueueJson> Queues { get; init; }

    public required IReadOnlyList<RouterJson> Routers { get; init; }

    public required IReadOnlyList<RouteJson> Routes { get; init; }

    public required IReadOnlyList<RuleJson> Rules { get; init; }

    /// <summary>Those in force; none where nothing is kept out.</summary>
    public required IReadOnlyList<GuardJson> Guards { get; init; }

    public required RatedTallyJson Unmatched { get; init; }

    /// <summary>What rules matched that are not in force any more.</summary>
    public required TallyJson EarlierRules { get; init; }

    public required IReadOnlyList<ConsumerJson> Consumers { get; init; }

    /// <summary>Packets dropped on the way, outside of any consumer.</summary>
    public required IReadOnlyList<StageJson> Stages { get; init; }

    public required IReadOnlyList<PoolJson> Pools { get; init; }

    /// <summary>Of all consumers together.</summary>
    public required HandoffJson Handoff { get; init; }

    public required int Faults { get; init; }

    public required RuntimeJson Runtime { get; init; }
}

internal sealed record TallyJson(long Packets, long Bytes);

internal sealed record RatedTallyJson(long Packets, long Bytes, RateJson Rate);

/// <param name="Mood"><c>good</c>, <c>poor</c> or <c>bad</c>.</param>
internal sealed record StatusJson(string Mood, string Text);

internal sealed record RateJson(double Packets, double Bytes);

internal sealed record DropsJson(long Packets, long Bytes, IReadOnlyDictionary<string, long> Reasons);

internal sealed record LossesJson(long Packets, IReadOnlyDictionary<string, long> Reasons);

internal sealed record InFlightJson(long Packets, long Wire, long Most);

/// <param name="ByDevice">Packets of these that the device passed by itself.</param>
internal sealed record PassedJson(long Packets, long Bytes, long ByDevice);

internal sealed record CopiesJson(long Delivered, long Dropped);

internal sealed record LedgerJson(
    TallyJson Received, TallyJson Delivered, PassedJson Passed, DropsJson Dropped,
    InFlightJson InFlight, CopiesJson Copies, LossesJson DeviceLost, bool Balanced);

internal sealed record LedgerRatesJson(RateJson Received, RateJson Delivered, RateJson Passed, RateJson Dropped);

internal sealed record QueueJson(string Name, long Packets, long Bytes, long Bundles, RateJson Rate, LossesJson DeviceLost);

internal sealed record MailboxJson(int Depth, int HighWater, double OldestMicroseconds);

/// <param name="Waits">Whether it holds back because a route that may wait has no room.</param>
internal sealed record RouterJson(string Name, string Queue, int Generation, MailboxJson Mailbox, bool Waits);

/// <param name="Mark">As routes write it; null for one that takes all marks.</param>
/// <param name="PagesHeld">Of the pool, over all queues.</param>
/// <param name="PagesLimit">Its share.</param>
internal sealed record RouteJson(
    string? Mark, string To, bool Copy, string Balance, string Overload, long Packets, long Bytes, RateJson Rate, DropsJson Dropped, int PagesHeld, int PagesLimit);

internal sealed record GuardJson(string Name, long Packets, long Bytes, RateJson Rate);

internal sealed record RuleJson(string Name, string Mark, long Packets, long Bytes, RateJson Rate);

/// <param name="Packets">Delivered or passed, copies included, as in the report.</param>
/// <param name="Counters">What its handler counts, by name.</param>
internal sealed record ConsumerJson(
    string Name, string Kind, long Packets, long Bytes, long Bundles, RateJson Rate, int Restarts, DropsJson Dropped, CopiesJson Copies,
    IReadOnlyDictionary<string, long> Counters, IReadOnlyList<string> Notes, IReadOnlyList<InstanceJson> Instances);

/// <param name="State"><c>starting</c>, <c>running</c>, <c>paused</c>, <c>backing-off</c>, <c>failed</c> or <c>completed</c>.</param>
internal sealed record InstanceJson(string Actor, string State, int Restarts, string? LastFailure, MailboxJson Mailbox, HandoffJson Handoff);

/// <summary>From when a router began to fill a bundle to when its consumer took it. Percentiles are null before the first bundle.</summary>
internal sealed record HandoffJson(long Bundles, double? P50Microseconds, double? P99Microseconds, double? P999Microseconds);

internal sealed record StageJson(string Name, DropsJson Dropped);

internal sealed record PoolJson(string Name, int PagesOut, int Pages, int PageBytes);

internal sealed record RuntimeJson(int Gen0, int Gen1, int Gen2, double GcPauseSeconds, long AllocatedBytes, long WorkingSetBytes);
