using System.Diagnostics;
using CsCheck;
using Pipeline.Actors.Telemetry;
using Xunit;

namespace Pipeline.Actors.Tests.Telemetry;

public sealed class HandoffTimesTests
{
    [Fact]
    public void Buckets_go_from_a_microsecond_to_a_second_and_ascend()
    {
        var ends = HandoffView.BucketSeconds;

        Assert.Equal((1e-6, 1), (ends[0], ends[^1]));
        Assert.Equal(ends.Distinct().Order(), ends);
    }

    [Fact]
    public void Every_time_is_counted_in_the_first_bucket_whose_end_it_does_not_exceed() => Gen.Long[-5, 3 * Stopwatch.Frequency].Array[1, 100].Sample(times =>
    {
        var handoff = new HandoffTimes();
        foreach (var time in times) handoff.Count(time);

        var read = handoff.Read();
        for (var i = 0; i < HandoffBuckets.Ticks.Length; i++)
        {
            Assert.Equal(times.Count(t => t <= HandoffBuckets.Ticks[i]), read.Counts.Take(i + 1).Sum());
        }

        Assert.Equal(times.Length, read.Bundles);
        Assert.Equal(times.Sum(t => Math.Max(0, t)) / (double)Stopwatch.Frequency, read.TotalSeconds, 9);
    });

    [Fact]
    public void A_time_that_is_a_buckets_end_belongs_to_it()
    {
        foreach (var end in HandoffBuckets.Ticks)
        {
            var handoff = new HandoffTimes();
            handoff.Count(end);
            handoff.Count(end + 1);
            var bucket = Array.IndexOf(HandoffBuckets.Ticks, end);

            Assert.Equal((1, 1), (handoff.Read().Counts[bucket], handoff.Read().Counts[bucket + 1]));
        }
    }

    [Fact]
    public void Quantiles_lie_in_the_bucket_of_their_time()
    {
        var handoff = new HandoffTimes();
        for (var i = 1; i <= 1000; i++) handoff.Count(Stopwatch.Frequency / 1_000_000 * i);

        var read = handoff.Read();

        Assert.InRange(read.Quantile(0.5)!.Value, 300e-6, 500.001e-6);
        Assert.InRange(read.Quantile(0.99)!.Value, 700e-6, 1000e-6);
        Assert.InRange(read.Plus(read).Quantile(1)!.Value, 999e-6, 1000.001e-6);
    }

    [Fact]
    public void Without_bundles_there_are_no_quantiles() => Assert.Null(HandoffView.None.Quantile(0.5));

    [Fact]
    public void What_took_longer_than_a_second_shows_as_a_second()
    {
        var handoff = new HandoffTimes();
        handoff.Count(10 * Stopwatch.Frequency);

        Assert.Equal(1, handoff.Read().Quantile(0.5));
    }
}
