using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;

namespace Pipeline.Host.Schema;

/// <summary>
/// Answer of <c>GET /api/v1/snapshot</c> and of the stream's <c>snapshot</c> events, schema <c>pipeline.snapshot/1</c>. Parts that the
/// report also has take the same form there. Bytes are captured bytes; rates are per second.
/// </summary>
internal sealed record SnapshotJson
{
    public string Schema { get; init; } = "pipeline.snapshot/1";

    public required long Sequence { get; init; }

    public required DateTimeOffset SampledAt { get; init; }

    public required double ElapsedSeconds { get; init; }

    public required int Generation { get; init; }

    /// <summary>Whether the pipeline has ended.</summary>
    public required bool AtRest { get; init; }

    /// <summary>Whether the server refuses every change and every capture; null where no server says so.</summary>
    public bool? ReadOnly { get; init; }

    /// <summary>The time that rates are taken over. It is 0 when there was no earlier reading, and then every rate is 0.</summary>
    public required double RateSeconds { get; init; }

    /// <summary>The state of the run, in one sentence.</summary>
    public required StatusJson Status { get; init; }

    public required LedgerJson Ledger { get; init; }

    public required LedgerRatesJson Rates { get; init; }

    public required IReadOnlyList<QueueJson> Queues { get; init; }

    public required IReadOnlyList<RouterJson> Routers { get; init; }

    public required IReadOnlyList<RouteJson> Routes { get; init; }

    public required IReadOnlyList<RuleJson> Rules { get; init; }

    /// <summary>The guards in force; empty when nothing is kept out.</summary>
    public required IReadOnlyList<GuardJson> Guards { get; init; }

    public required RatedTallyJson Unmatched { get; init; }

    /// <summary>The matches of rules that are not in force any more.</summary>
    public required TallyJson EarlierRules { get; init; }

    public required IReadOnlyList<ConsumerJson> Consumers { get; init; }

    /// <summary>Packets dropped on the way, outside of any consumer.</summary>
    public required IReadOnlyList<StageJson> Stages { get; init; }

    public required IReadOnlyList<PoolJson> Pools { get; init; }

    /// <summary>The handoff times of all consumers together.</summary>
    public required HandoffJson Handoff { get; init; }

    public required ReleasedCountJson Released { get; init; }

    public required int Faults { get; init; }

    /// <summary>Describes a drain that was cut short; null if none was.</summary>
    public DrainCutJson? DrainCut { get; init; }

    public required RuntimeJson Runtime { get; init; }

    /// <param name="status">The view in one sentence.</param>
    public static SnapshotJson Of(PipelineView view, StatusJson status, RuntimeJson runtime) => new()
    {
        Sequence = view.Sequence,
        SampledAt = view.SampledAt,
        ElapsedSeconds = Math.Round(view.Elapsed.TotalSeconds, 6),
        Generation = view.Generation,
        AtRest = view.AtRest,
        RateSeconds = Math.Round(view.RateWindow.TotalSeconds, 3),
        Status = status,
        Ledger = LedgerJson.Of(view),
        Rates = LedgerRatesJson.Of(view.Rates),
        Queues = [.. view.Queues.Select(q => QueueJson.Of(q) with { Rate = RateJson.Of(q.Rate) })],
        Routers = [.. view.Routers.Select(RouterJson.Of)],
        Routes = [.. view.Routes.Select(RouteJson.Of)],
        Rules = RuleJson.Rated(view.Rules),
        Guards = GuardJson.Rated(view.Guards),
        Unmatched = RatedTallyJson.Of(view.Unmatched, view.UnmatchedRate),
        EarlierRules = TallyJson.Of(view.EarlierRules),
        Consumers = [.. view.Consumers.Select(ConsumerJson.WithInstances)],
        Stages = [.. view.Ledger.Accounts.Where(a => a.Kind == AccountKind.Stage).Select(a => new StageJson(a.Name, DropsJson.Of(a.DroppedByReason)))],
        Pools = [.. view.Pools.Select(p => new PoolJson(p.Name, p.PagesOut, p.Pages, p.PageBytes))],
        Handoff = HandoffJson.Of(view.Consumers.Aggregate(HandoffView.None, (sum, c) => sum.Plus(c.Handoff))),
        Released = ReleasedCountJson.Of(view.Released),
        Faults = view.Faults,
        DrainCut = DrainCutJson.Of(view),
        Runtime = runtime,
    };
}

/// <param name="Mood"><c>good</c>, <c>poor</c> or <c>bad</c>.</param>
internal sealed record StatusJson(string Mood, string Text);

internal sealed record StageJson(string Name, DropsJson Dropped);

internal sealed record PoolJson(string Name, int PagesOut, int Pages, int PageBytes);
