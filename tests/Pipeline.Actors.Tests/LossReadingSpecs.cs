using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Xunit;

namespace Pipeline.Actors.Tests;

public sealed class LossReadingSpecs
{
    [Fact]
    public async Task A_queue_that_never_sleeps_reads_its_devices_losses_every_64_polls()
    {
        // 71 polls of 8 bundles of 64 packets, for all of which there are pages, so that nothing puts the queue to sleep.
        using var nic = new FakeNic(71 * 8 * 64, pages: 1024);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [new RouteOptions { To = "stack", Share = 1 }]));

        await Runs.ToEnd(run, nic);

        Assert.Equal(2, nic[0].LossReadings); // once on the way, and at the end
    }
}
