using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
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

        Assert.Equal(3, nic[0].LossReadings); // once on the way, at the end, and when the device is closed
    }

    [Fact]
    public async Task What_a_failed_queue_had_taken_is_lost_when_the_device_is_closed()
    {
        using var nic = new FakeNic(long.MaxValue);
        (nic[0].Fault, nic[0].LeftInTheRing) = ((700, new IOException("on order")), 25);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [new RouteOptions { To = "stack", Share = 1 }]));

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal((700, 25), (outcome.View.Ledger.Received.Packets, outcome.View.Ledger.DeviceLost[DeviceLoss.KernelDrops]));
    }

    [Fact]
    public async Task A_queue_whose_losses_cannot_be_read_any_more_is_a_fault_and_the_books_balance()
    {
        using var nic = new FakeNic(700);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [new RouteOptions { To = "stack", Share = 1 }]));
        nic[0].LossFault = new IOException("on order");

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal(("fake:0", "on order"), (Assert.Single(outcome.Faults).Where, outcome.Faults[0].Error.Message));
    }
}
