namespace Pipeline.Host.Schema;

/// <summary>A line of <c>stats --json</c>: what happened between two readings.</summary>
/// <param name="Seconds">The time between the readings.</param>
/// <param name="Rates">Packets per second, over that time.</param>
/// <param name="AtRest">Whether the run has ended.</param>
internal sealed record StatsJson(DateTimeOffset SampledAt, double Seconds, StatsRatesJson Rates, long InFlight, int Generation, bool Balanced, bool AtRest)
{
    public static StatsJson Between(SnapshotJson earlier, SnapshotJson later)
    {
        var seconds = later.ElapsedSeconds - earlier.ElapsedSeconds;
        var (before, after) = (earlier.Ledger, later.Ledger);
        var rates = new StatsRatesJson(
            Rate(before.Received.Packets, after.Received.Packets),
            Rate(before.Delivered.Packets, after.Delivered.Packets),
            Rate(before.Passed.Packets, after.Passed.Packets),
            Rate(before.Dropped.Packets, after.Dropped.Packets),
            Rate(before.DeviceLost.Packets, after.DeviceLost.Packets));
        return new StatsJson(later.SampledAt, Math.Round(Math.Max(0, seconds), 3), rates, after.InFlight.Packets, later.Generation, after.Balanced, later.AtRest);

        // Another run may have begun at the same address, with smaller counts.
        double Rate(long from, long to) => seconds > 0 ? Math.Round(Math.Max(0, to - from) / seconds, 1) : 0;
    }
}

internal sealed record StatsRatesJson(double Received, double Delivered, double Passed, double Dropped, double DeviceLost);
