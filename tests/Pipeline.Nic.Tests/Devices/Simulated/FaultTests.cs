using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices.Simulated;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.Simulated;

/// <summary>What was on the wire is received or lost under the fault's name, and every page comes home.</summary>
public class FaultTests
{
    private const int Packets = 20_000;

    private static readonly SimulatedOptions Options = new() { Packets = Packets, Ring = 64, Flows = 200 };

    [Theory]
    [InlineData("stall 2 at 5000 for 2000", DeviceLoss.RingFull)]
    [InlineData("overrun 1 at 5000 for 100", DeviceLoss.RingFull)]
    [InlineData("starve 0 at 1 for 500", DeviceLoss.NoPage)]
    [InlineData("corrupt 3 at 19000 for 9999999", DeviceLoss.InvalidDescriptor)]
    [InlineData("flap at 100 for 20", DeviceLoss.InterfaceDrops)]
    public void A_fault_loses_packets_under_its_name_and_no_others(string text, DeviceLoss loss)
    {
        var options = Options with { Faults = [Fault(text)] };
        using var whole = SimulatedRun.ToEnd(Options);

        using var run = SimulatedRun.ToEnd(options, inFlight: 3);

        Assert.True(run.Lost(loss) > 0);
        Assert.Equal(Packets, run.Received + run.Lost(loss));
        Assert.True(run.Balances);
        Assert.Subset(whole.Packets.Select(p => p.Time).ToHashSet(), run.Packets.Select(p => p.Time).ToHashSet());
        Assert.All(whole.Packets.ExceptBy(run.Packets.Select(p => p.Time), p => p.Time), p => Assert.InRange(NumberOf(p), options.Faults[0].At, options.Faults[0].End - 1));
    }

    [Fact]
    public void A_stall_loses_what_exceeds_the_ring()
    {
        using var whole = SimulatedRun.ToEnd(Options);
        var there = whole.Packets.Count(p => p.Queue == 2 && NumberOf(p) is >= 5000 and < 7000);

        using var run = SimulatedRun.ToEnd(Options with { Faults = [Fault("stall 2 at 5000 for 2000")] });

        Assert.Equal(there - 64, run.Lost(DeviceLoss.RingFull));
        Assert.Equal(there - 64, run.Accounts[2].Lost(DeviceLoss.RingFull));
    }

    [Fact]
    public void A_stall_shorter_than_the_ring_loses_nothing()
    {
        using var run = SimulatedRun.ToEnd(Options with { Ring = 1024, Faults = [Fault("stall 2 at 5000 for 1000")] });

        Assert.Equal(Packets, run.Received);
    }

    [Fact]
    public void A_link_flap_loses_just_the_packets_it_lasts_for()
    {
        using var run = SimulatedRun.ToEnd(Options with { Faults = [Fault("flap at 100 for 20")] });

        Assert.Equal(20, run.Lost(DeviceLoss.InterfaceDrops));
    }

    [Fact]
    public void A_fault_without_an_end_hits_one_packet_of_its_queue()
    {
        using var run = SimulatedRun.ToEnd(Options with { Faults = [Fault("corrupt 1 at 7000"), Fault("corrupt 1 at 7000"), Fault("overrun 2 at 0")] });

        Assert.Equal((2, 1), (run.Accounts[1].Lost(DeviceLoss.InvalidDescriptor), run.Accounts[2].Lost(DeviceLoss.RingFull)));
        Assert.Equal(Packets - 3, run.Received);
    }

    [Fact]
    public void A_slow_clock_loses_nothing_and_stays_behind_by_half_of_its_time()
    {
        using var whole = SimulatedRun.ToEnd(Options with { Queues = 1 });

        using var run = SimulatedRun.ToEnd(Options with { Queues = 1, Faults = [Fault("slow-clock at 1000 for 500")] });

        var behind = whole.Packets.Zip(run.Packets, (fast, slow) => (fast.Time - slow.Time) / 100.0).ToList();
        Assert.Equal((0, 125, 250, 250), (behind[1000], behind[1250], behind[1500], behind[^1]));
        Assert.Equal(whole.Packets.Select(p => p.Digest), run.Packets.Select(p => p.Digest));
    }

    [Fact]
    public void A_host_slower_than_the_wire_fills_the_ring_and_then_loses_the_difference()
    {
        using var run = SimulatedRun.ToEnd(Options with { Queues = 1, Rate = 1_000_000, Drain = 250_000 });

        Assert.InRange(run.Received, (Packets / 4) + 60, (Packets / 4) + 66);
        Assert.Equal(Packets, run.Received + run.Lost(DeviceLoss.RingFull));
    }

    [Fact]
    public void Faults_hit_the_same_packets_in_every_run()
    {
        var options = Options with { Drain = 2_000_000, Faults = [Fault("stall 2 at 5000 for 2000"), Fault("corrupt 0 at 100 for 4000"), Fault("flap at 900 for 40"), Fault("starve 1 at 1 for 99")] };
        using var one = SimulatedRun.ToEnd(options, new Random(3));

        using var other = SimulatedRun.ToEnd(options, new Random(4), inFlight: 9);

        Assert.Equal(one.Hash(), other.Hash());
        Assert.Equal(Enum.GetValues<DeviceLoss>().Select(one.Lost), Enum.GetValues<DeviceLoss>().Select(other.Lost));
    }

    private static SimulatedFault Fault(string text)
    {
        Assert.True(FaultReader.TryRead(text, out var fault, out _));
        return fault;
    }

    /// <summary>The virtual wire carries ten million packets a second.</summary>
    private static long NumberOf(Seen packet) => (packet.Time % 1_000_000_000) / 100;
}
