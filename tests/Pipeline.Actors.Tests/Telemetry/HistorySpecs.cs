using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers;
using Xunit;

namespace Pipeline.Actors.Tests.Telemetry;

/// <summary>What a run remembers of itself.</summary>
public sealed class HistorySpecs
{
    private static readonly RouteOptions ToHandler = new() { To = "handler", Overload = Overload.Wait, Share = 1 };

    [Fact]
    public async Task A_run_that_nobody_watches_remembers_each_second()
    {
        var nic = new FakeNic(long.MaxValue);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));

        await Threads.Eventually(() => run.History().Received.Packets.Any(p => p > 0));

        var history = run.History();
        var second = history.Received.Packets.ToList().FindIndex(p => p > 0);
        Assert.True(history.Received.Bits[second] > 0);
        Assert.True(history.HandoffMedian[second] > 0);
        Assert.True(history.Pages[second] > 0);
        Assert.Null(history.Received.Packets[0]);
        Assert.Equal(0, run.View().Sequence - 1);
    }

    [Fact]
    public async Task It_is_still_there_after_the_end()
    {
        var nic = new FakeNic(100);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));

        await Runs.ToEnd(run, nic);

        Assert.NotEmpty(run.History().At);
    }
}
