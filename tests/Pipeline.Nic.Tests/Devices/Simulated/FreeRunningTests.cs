using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Tests.Devices.Replay;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.Simulated;

public class FreeRunningTests
{
    private static readonly SimulatedOptions Paced = new() { FreeRunning = true, Rate = 100_000, Queues = 1, Ring = 100, Pages = 128 };

    [Fact]
    public void A_paced_wire_carries_its_packets_in_their_time()
    {
        var time = new ManualTime();
        using var run = new SimulatedRun(Paced, time);
        Assert.Equal(ReceiveStatus.Empty, run.Receive(0));

        time.Advance(TimeSpan.FromMicroseconds(500));

        Assert.Equal(ReceiveStatus.Received, run.Receive(0));
        Assert.Equal(50, run.Received);
    }

    [Fact]
    public void What_finds_the_ring_full_is_lost_as_that()
    {
        var time = new ManualTime();
        using var run = new SimulatedRun(Paced, time);
        run.Receive(0);

        time.Advance(TimeSpan.FromMilliseconds(10));
        while (run.Receive(0) == ReceiveStatus.Received) run.Release();

        run.ReadLosses();
        Assert.Equal((100, 900), (run.Received, run.Lost(DeviceLoss.RingFull)));
    }

    [Fact]
    public void What_finds_the_ring_full_because_no_page_came_home_is_lost_as_that()
    {
        var time = new ManualTime();
        using var run = new SimulatedRun(Paced with { Pages = 64 }, time);
        run.Receive(0);

        time.Advance(TimeSpan.FromMicroseconds(900));
        Assert.Equal(ReceiveStatus.Received, run.Receive(0));
        Assert.Equal(ReceiveStatus.NoPage, run.Receive(0));
        time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal(ReceiveStatus.NoPage, run.Receive(0));

        run.ReadLosses();
        Assert.Equal((64, 926), (run.Received, run.Lost(DeviceLoss.NoPage)));
    }

    [Fact]
    public void A_stalled_queue_gives_nothing_until_the_wire_is_behind_the_stall()
    {
        var time = new ManualTime();
        using var run = new SimulatedRun(Paced with { Faults = [new(FaultKind.Stall, 0, 0, 200)] }, time);
        run.Receive(0);

        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(ReceiveStatus.Empty, run.Receive(0));
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(ReceiveStatus.Received, run.Receive(0));
    }

    [Fact]
    public void A_slow_wire_wakes_the_queue_by_a_timer()
    {
        var time = new ManualTime();
        using var run = new SimulatedRun(Paced with { Rate = 1000 }, time);
        run.Receive(0);
        var woken = 0;
        run.Nic.Queues[0].WakeWhenReady(() => woken++);
        Assert.Equal(0, woken);

        time.Advance(TimeSpan.FromMilliseconds(10));

        Assert.Equal(1, woken);
        Assert.Equal(ReceiveStatus.Received, run.Receive(0));
    }

    [Fact]
    public void A_wire_as_fast_as_it_is_taken_loses_nothing_and_ends()
    {
        using var run = new SimulatedRun(Paced with { Rate = null, Packets = 1000, Queues = 3 });

        run.Drain(new Random(1), 1);

        Assert.Equal(1000, run.Received);
        Assert.True(run.Balances);
    }
}
