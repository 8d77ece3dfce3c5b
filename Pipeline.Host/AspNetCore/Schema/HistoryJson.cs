using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;

namespace Pipeline.Host.Schema;

/// <summary>
/// Answer of <c>GET /api/v1/history</c>, schema <c>pipeline.history/1</c>: five minutes of one reading a second, in columns, oldest first.
/// Every list has a place for each time in <see cref="At"/>, which is null where there was no reading, or none to compare it with.
/// </summary>
/// <param name="IntervalSeconds">The time between two readings.</param>
/// <param name="Most">The most readings that are kept.</param>
/// <param name="At">Milliseconds since 1970, ascending.</param>
/// <param name="Received">Per second, as are the two after it.</param>
/// <param name="Dropped">Packets per second by reason. A reason that did not happen in this time is not there.</param>
/// <param name="DeviceLost">Packets per second that the device lost before they were received, in the same way.</param>
/// <param name="DeepestMailbox">The bundles in the fullest mailbox of a router or consumer.</param>
internal sealed record HistoryJson(
    string Schema, double IntervalSeconds, int Most, IReadOnlyList<long> At, HistoryRatesJson Received, HistoryRatesJson Delivered, HistoryRatesJson Passed,
    IReadOnlyList<HistorySeriesJson> Dropped, IReadOnlyList<HistorySeriesJson> DeviceLost, HistoryHandoffJson Handoff, HistoryPagesJson Pages,
    IReadOnlyList<double?> DeepestMailbox)
{
    public static HistoryJson Of(HistoryView view) => new(
        "pipeline.history/1",
        HistoryView.Interval.TotalSeconds,
        HistoryView.Most,
        view.At,
        HistoryRatesJson.Of(view.Received),
        HistoryRatesJson.Of(view.Delivered),
        HistoryRatesJson.Of(view.Passed),
        [.. view.Dropped.Select(d => new HistorySeriesJson(d.Key.Name(), Rounded(d.Value)))],
        [.. view.DeviceLost.Select(d => new HistorySeriesJson(d.Key.Name(), Rounded(d.Value)))],
        new HistoryHandoffJson(Rounded(view.HandoffMedian), Rounded(view.HandoffP99)),
        new HistoryPagesJson(view.PagesOut, view.Pages),
        view.DeepestMailbox);

    internal static IReadOnlyList<double?> Rounded(IReadOnlyList<double?> values) => Projection.Of(values, v => v is { } value ? Math.Round(value, 1) : (double?)null);
}

/// <summary>Packets and captured bits per second.</summary>
internal sealed record HistoryRatesJson(IReadOnlyList<double?> Packets, IReadOnlyList<double?> Bits)
{
    public static HistoryRatesJson Of(HistoryRates rates) => new(HistoryJson.Rounded(rates.Packets), HistoryJson.Rounded(rates.Bits));
}

/// <param name="Reason">In the words of the closed list.</param>
internal sealed record HistorySeriesJson(string Reason, IReadOnlyList<double?> Packets);

/// <summary>How long the bundles of each second were on their way to a consumer; null for a second without one.</summary>
internal sealed record HistoryHandoffJson(IReadOnlyList<double?> P50Microseconds, IReadOnlyList<double?> P99Microseconds);

/// <summary>Pages of all pools together.</summary>
internal sealed record HistoryPagesJson(IReadOnlyList<double?> Out, IReadOnlyList<double?> All);
