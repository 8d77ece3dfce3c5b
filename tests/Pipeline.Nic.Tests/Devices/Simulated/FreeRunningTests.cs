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

    [Fact]
    public void A_queue_that_is_stalled_on_order_gives_nothing_until_the_wire_is_behind_it_and_its_ring_runs_over()
    {
        var time = new ManualTime();
        using var run = new SimulatedRun(Paced, time);
        run.Receive(0);

        run.Nic.Stall(0, 200);
        time.Advance(TimeSpan.FromMilliseconds(1.5));
        Assert.Equal(ReceiveStatus.Empty, run.Receive(0));
        time.Advance(TimeSpan.FromMilliseconds(1));
        while (run.Receive(0) == ReceiveStatus.Received) run.Release();

        run.ReadLosses();
        Assert.Equal((100, 150), (run.Received, run.Lost(DeviceLoss.RingFull)));
    }

    [Fact]
    public void A_flood_comes_on_top_of_the_usual_packets_and_ends()
    {
        var time = new ManualTime();
        using var run = new SimulatedRun(Paced with { Ring = 100_000, Pages = 4096 }, time);
        run.Receive(0);

        Assert.True(run.Nic.TryFlood(5, TimeSpan.FromMilliseconds(100)));
        Assert.False(run.Nic.TryFlood(5, TimeSpan.FromMilliseconds(100)));
        for (var i = 0; i < 400; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            while (run.Receive(0) == ReceiveStatus.Received) run.Release();
        }

        run.ReadLosses();
        Assert.Equal((80_000, 0), (run.Received, run.Lost(DeviceLoss.RingFull)));
    }

    [Fact]
    public void A_flood_is_one_flow_and_goes_to_one_queue()
    {
        var time = new ManualTime();
        using var run = new SimulatedRun(Paced with { Queues = 4, Ring = 100_000, Pages = 4096, Profile = TrafficProfile.Mixed, Flows = 64 }, time);
        for (var queue = 0; queue < 4; queue++) run.Receive(queue);

        run.Nic.TryFlood(10, TimeSpan.FromMilliseconds(100));
        time.Advance(TimeSpan.FromMilliseconds(300));
        var received = Enumerable.Range(0, 4).Select(queue =>
        {
            var before = run.Received;
            while (run.Receive(queue) == ReceiveStatus.Received) run.Release();
            return run.Received - before;
        }).ToList();

        Assert.Equal(120_000, received.Sum());
        Assert.InRange(received.Max(), 90_000, 120_000);
    }

    [Fact]
    public void Times_of_packets_go_on_through_floods_as_on_a_clock()
    {
        var clock = new SimulatedClock(Paced, new ManualTime());
        clock.Carried();

        Assert.True(clock.TryFlood(4, TimeSpan.FromMilliseconds(10), 0));

        var flood = clock.Flood!;
        long[] numbers = [0, flood.At - 1, flood.At, flood.At + 1, flood.At + 4, flood.End, flood.End + 1];
        var usual = numbers.Select(flood.UsualOf).ToList();
        Assert.Equal([0, flood.At - 1, flood.At, flood.At + 0.25, flood.At + 1, flood.At + 1000, flood.At + 1001], usual);
        Assert.Equal(numbers.Where(n => n < flood.At || (n - flood.At) % 4 == 0 || n >= flood.End), usual.Where(double.IsInteger).Select(u => flood.Carried((long)u)));
    }

    [Fact]
    public void A_packet_of_an_earlier_flood_keeps_its_time_when_another_is_ordered()
    {
        var time = new ManualTime();
        var clock = new SimulatedClock(Paced, time);
        clock.Carried();
        Assert.True(clock.TryFlood(4, TimeSpan.FromMilliseconds(10), 0));
        var first = clock.Flood!;
        long[] numbers = [first.At - 1, first.At + 1, first.At + 4, first.End, first.End + 1];
        var before = numbers.Select(clock.TimeOf).ToList();

        time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(clock.TryFlood(4, TimeSpan.FromMilliseconds(10), 0));

        Assert.Equal(before, numbers.Select(clock.TimeOf));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(int.MaxValue, 1)]
    [InlineData(2, 0)]
    [InlineData(2, int.MaxValue)]
    public void A_flood_beyond_all_measure_is_refused(int factor, int seconds)
    {
        using var run = new SimulatedRun(Paced, new ManualTime());

        Assert.Throws<ArgumentOutOfRangeException>(() => run.Nic.TryFlood(factor, TimeSpan.FromSeconds(seconds)));
    }

    [Fact]
    public void A_wire_on_the_virtual_clock_takes_no_orders()
    {
        using var run = new SimulatedRun(new SimulatedOptions());

        Assert.Throws<InvalidOperationException>(() => run.Nic.Stall(0, 1));
        Assert.Throws<InvalidOperationException>(() => run.Nic.TryFlood(2, TimeSpan.FromSeconds(1)));
    }
}
