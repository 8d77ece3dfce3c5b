using Pipeline.Actors.Cluster;
using Xunit;

namespace Pipeline.Cluster.Tests;

public sealed class RefusalLimitTests
{
    private readonly HandClock _clock = new();

    [Fact]
    public void Two_peers_that_come_in_turn_are_said_once_a_minute_each()
    {
        var limit = new RefusalLimit(_clock);

        Assert.Equal([true, true, false, false], ((string[])["n8", "n9", "n8", "n9"]).Select(limit.IsWorthSaying));
        _clock.Now += RefusalLimit.Pause;
        Assert.Equal([true, false, true], ((string[])["n8", "n8", "n9"]).Select(limit.IsWorthSaying));
    }

    [Fact]
    public void Who_shows_another_certificate_each_time_does_not_push_out_everything_else()
    {
        var limit = new RefusalLimit(_clock);

        Assert.Equal(RefusalLimit.Most, Enumerable.Range(0, 1000).Count(n => limit.IsWorthSaying($"n{n}")));
        _clock.Now += RefusalLimit.Pause;
        Assert.True(limit.IsWorthSaying("n1000"));
    }

    private sealed class HandClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
