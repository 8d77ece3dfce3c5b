using System.Diagnostics;

namespace Pipeline.Actors.Telemetry;

/// <summary>The limits of the buckets of handoff times: 1, 1.5, 2, 3, 5 and 7 in each decade from 1 us to 1 s.</summary>
internal static class HandoffBuckets
{
    private static readonly double[] Steps = [1, 1.5, 2, 3, 5, 7];

    public static readonly double[] Seconds =
        [.. Enumerable.Range(0, 6).SelectMany(decade => Steps.Select(step => Math.Round(step * Math.Pow(10, decade - 6), 9))), 1];

    /// <summary>The same in ticks of <see cref="Stopwatch"/>. A time belongs to the first bucket whose end it does not exceed.</summary>
    public static readonly long[] Ticks = [.. Seconds.Select(s => (long)Math.Round(s * Stopwatch.Frequency))];
}

/// <summary>How long bundles were on their way to a consumer.</summary>
/// <param name="Counts">Bundles by time: a bucket for each of <see cref="BucketSeconds"/>, and one for longer times.</param>
/// <param name="TotalSeconds">The time of all bundles together.</param>
public sealed record HandoffView(IReadOnlyList<long> Counts, double TotalSeconds)
{
    /// <summary>No bundle yet.</summary>
    public static readonly HandoffView None = new(new long[HandoffBuckets.Seconds.Length + 1], 0);

    /// <summary>The longest time in each bucket but the last, ascending.</summary>
    public static IReadOnlyList<double> BucketSeconds => HandoffBuckets.Seconds;

    /// <summary>The number of bundles that were timed.</summary>
    public long Bundles => Counts.Sum();

    /// <summary>
    /// The time that a given part of all bundles did not exceed, interpolated within its bucket; null when there were none. A time beyond
    /// the last bucket counts as the end of that bucket.
    /// </summary>
    /// <param name="part">Above 0 and at most 1: 0.99 for the 99th percentile.</param>
    public double? Quantile(double part)
    {
        var wanted = part * Bundles;
        if (wanted <= 0) return null;
        var below = 0L;
        for (var i = 0; i < BucketSeconds.Count; i++)
        {
            var start = i == 0 ? 0 : BucketSeconds[i - 1];
            if (below + Counts[i] >= wanted) return start + ((BucketSeconds[i] - start) * (wanted - below) / Counts[i]);
            below += Counts[i];
        }

        return BucketSeconds[^1];
    }

    /// <summary>The sum of both.</summary>
    public HandoffView Plus(HandoffView other) => new([.. Counts.Zip(other.Counts, (a, b) => a + b)], TotalSeconds + other.TotalSeconds);
}
