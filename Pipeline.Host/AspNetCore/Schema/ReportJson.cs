using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;

namespace Pipeline.Host.Schema;

/// <summary>
/// The output of <c>run --json</c>, schema <c>pipeline.report/1</c>: the figures of a run that has ended, without rates. Bytes are captured
/// bytes.
/// </summary>
internal sealed record ReportJson
{
    public string Schema { get; init; } = "pipeline.report/1";

    public required int Generation { get; init; }

    public required double ElapsedSeconds { get; init; }

    /// <summary>What the expression on the command line matched; everything, without one.</summary>
    public required TallyJson Selected { get; init; }

    public required LedgerJson Ledger { get; init; }

    public required IReadOnlyList<QueueJson> Queues { get; init; }

    public required IReadOnlyList<RuleJson> Rules { get; init; }

    /// <summary>The guards in force; empty when nothing is kept out.</summary>
    public required IReadOnlyList<GuardJson> Guards { get; init; }

    public required TallyJson Unmatched { get; init; }

    /// <summary>The matches of rules that are not in force any more.</summary>
    public required TallyJson EarlierRules { get; init; }

    public required IReadOnlyList<ConsumerJson> Consumers { get; init; }

    /// <summary>Describes a drain that was cut short; null if none was.</summary>
    public DrainCutJson? DrainCut { get; init; }

    public required RuntimeJson Runtime { get; init; }

    public static ReportJson Of(PipelineView view, RuntimeJson runtime) => new()
    {
        Generation = view.Generation,
        ElapsedSeconds = Math.Round(view.Elapsed.TotalSeconds, 6),
        Selected = TallyJson.Of(new PacketTally(view.Selected, view.SelectedBytes)),
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

/// <summary>A drain that was cut short.</summary>
/// <param name="AfterSeconds">The time limit of the drain.</param>
/// <param name="Packets">The packets that were still on their way then, and were dropped.</param>
/// <param name="LeftBehind">The actors that did not stop.</param>
internal sealed record DrainCutJson(double AfterSeconds, long Packets, IReadOnlyList<string> LeftBehind)
{
    public static DrainCutJson? Of(PipelineView view) => view.DrainCutAfter is not { } limit
        ? null
        : new(limit.TotalSeconds, view.Ledger.DroppedByReason.GetValueOrDefault(DropReason.Shutdown).Packets, view.LeftBehind);
}
