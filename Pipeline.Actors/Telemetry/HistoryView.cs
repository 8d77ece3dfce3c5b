using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Telemetry;

/// <summary>
/// The last five minutes of a pipeline, a reading a second, oldest first. Each list has a place for each reading. A place is null where there
/// was no reading, or none to compare it with: nothing is made up for a time in which nobody could count. Immutable.
/// </summary>
/// <param name="At">When each was taken, or would have been: milliseconds since 1970 (Unix time), ascending.</param>
public sealed record HistoryView(IReadOnlyList<long> At)
{
    /// <summary>The most readings that are kept.</summary>
    public const int Most = 300;

    /// <summary>The time between two of them.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>What was received per second.</summary>
    public required HistoryRates Received { get; init; }

    /// <summary>What consumers finished with per second, without copies.</summary>
    public required HistoryRates Delivered { get; init; }

    /// <summary>What went to the normal stack per second.</summary>
    public required HistoryRates Passed { get; init; }

    /// <summary>Packets dropped per second; only reasons that happened in this time.</summary>
    public required IReadOnlyDictionary<DropReason, IReadOnlyList<double?>> Dropped { get; init; }

    /// <summary>Packets that the device lost per second; only kinds that happened in this time.</summary>
    public required IReadOnlyDictionary<DeviceLoss, IReadOnlyList<double?>> DeviceLost { get; init; }

    /// <summary>
    /// The median time, in microseconds, that the bundles of that second were on their way to a consumer; null for a second without a bundle.
    /// </summary>
    public required IReadOnlyList<double?> HandoffMedian { get; init; }

    /// <summary>The time, in microseconds, that 99 of 100 of them did not exceed; null likewise.</summary>
    public required IReadOnlyList<double?> HandoffP99 { get; init; }

    /// <summary>Pages of all pools that were in use.</summary>
    public required IReadOnlyList<double?> PagesOut { get; init; }

    /// <summary>All pages of all pools.</summary>
    public required IReadOnlyList<double?> Pages { get; init; }

    /// <summary>The bundles in the fullest mailbox of a router or consumer.</summary>
    public required IReadOnlyList<double?> DeepestMailbox { get; init; }
}

/// <summary>Rates of one account.</summary>
/// <param name="Packets">Packets per second.</param>
/// <param name="Bits">Captured bits per second.</param>
public sealed record HistoryRates(IReadOnlyList<double?> Packets, IReadOnlyList<double?> Bits);
