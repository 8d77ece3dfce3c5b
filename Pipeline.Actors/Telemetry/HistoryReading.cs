using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Telemetry;

/// <summary>What a history needs of a pipeline at one moment: less than a view, because it is read whether anybody looks or not.</summary>
/// <param name="At">When it was read.</param>
/// <param name="Elapsed">The time since the pipeline was started, which nobody can set.</param>
/// <param name="Ledger">The books.</param>
/// <param name="Handoff">How long bundles were on their way so far, over all instances there are or were.</param>
internal sealed record HistoryReading(DateTimeOffset At, TimeSpan Elapsed, LedgerSnapshot Ledger, HandoffView Handoff)
{
    /// <summary>Pages in use, and all, of all pools.</summary>
    public (int Out, int All) Pages { get; init; }

    /// <summary>The bundles in the fullest mailbox.</summary>
    public int DeepestMailbox { get; init; }
}
