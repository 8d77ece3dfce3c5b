using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;

namespace Pipeline.Host.Schema;

/// <summary>
/// What <c>run --json</c> prints, schema <c>pipeline.report/1</c>: the figures of a run that is over, and so no rates. Bytes are captured
/// bytes.
/// </summary>
internal sealed record ReportJson
{
    public string Schema { get; init; } = "pipeline.report/1";

    public required int Generation { get; init; }

    public required double ElapsedSeconds { get; init; }

    public required LedgerJson Ledger { get; init; }

    public required IReadOnlyList<QueueJson> Queues { get; init; }

    public required IReadOnlyList<RuleJson> Rules { get; init; }

    /// <summary>Those in force; none where nothing is kept out.</summary>
    public required IReadOnlyList<GuardJson> Guards { get; init; }

    public required TallyJson Unmatched { get; init; }

    /// <summary>What rules matched that are not in force any more.</summary>
    public required TallyJson EarlierRules { get; init; }

    public required IReadOnlyList<ConsumerJson> Consumers { get; init; }

    /// <summary>Of a drain that was cut.</summary>
    public DrainCutJson? DrainCut { get; init; }

    public required RuntimeJson Runtime { get; init; }

    public static ReportJson Of(PipelineView view, RuntimeJson runtime) => new()
    {
        Generation = view.Generation,
        ElapsedSeconds = Math.Round(view.Elapsed.TotalSeconds, 6),
        Ledger = LedgerJson.Of(view),
        Queues = [.. view.Queues.Select(QueueJson.Of)],
        Rules = [.. view.Rules.Select(RuleJson.Of)],
        Guards = [.. view.Guards.Select(GuardJson.Of)],
        Unmatched = TallyJson.Of(view.Unmatched),
        EarlierRules = TallyJson.Of(view.EarlierRules),
        Consumers = [.. view.Consumers.Select(ConsumerJson.Of)],
        DrainCut = DrainCutJson.Of(view),
        Runtime = runtime,
    };
}

/// <summary>A drain that was cut.</summary>
/// <param name="AfterSeconds">The time it was given.</param>
/// <param name="Packets">What was still on its way then, and was dropped.</param>
/// <param name="LeftBehind">The actors that did not come back.</param>
internal sealed record DrainCutJson(double AfterSeconds, long Packets, IReadOnlyList<string> LeftBehind)
{
    public static DrainCutJson? Of(PipelineView view) => view.DrainCutAfter is not { } limit
        ? null
        : new(limit.TotalSeconds, view.Ledger.DroppedByReason.GetValueOrDefault(DropReason.Shutdown).Packets, view.LeftBehind);
}
