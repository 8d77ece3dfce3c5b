using CsCheck;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.Simulated;

public class SimulatedNicTests
{
    private static readonly SimulatedOptions Few = new() { Packets = 10_000, Pages = 256, Flows = 200 };

    [Theory]
    [InlineData(TrafficProfile.Small)]
    [InlineData(TrafficProfile.Imix)]
    [InlineData(TrafficProfile.Zipf)]
    [InlineData(TrafficProfile.Elephant)]
    public void One_seed_gives_the_same_packets_however_the_queues_are_asked(TrafficProfile profile)
    {
        using var one = SimulatedRun.ToEnd(Few with { Profile = profile }, new Random(1));
        using var other = SimulatedRun.ToEnd(Few with { Profile = profile }, new Random(2), inFlight: 7);

        Assert.Equal(one.Hash(), other.Hash());
        Assert.Equal(one.Accounts.Select(a => (a.Received, a.Bundles)), other.Accounts.Select(a => (a.Received, a.Bundles)));
        Assert.Equal(10_000, one.Received);
    }

    [Fact]
    public void Another_seed_gives_other_packets()
    {
        using var one = SimulatedRun.ToEnd(Few);
        using var other = SimulatedRun.ToEnd(Few with { Seed = 2 });

        Assert.NotEqual(one.Hash(), other.Hash());
    }

    [Fact]
    public void The_wire_does_not_depend_on_the_number_of_queues()
    {
        using var one = SimulatedRun.ToEnd(Few with { Queues = 1 });
        using var many = SimulatedRun.ToEnd(Few with { Queues = 7 });

        Assert.Equal(one.Packets.Select(p => p.Digest), many.Packets.OrderBy(p => p.Time).Select(p => p.Digest));
    }

    [Fact]
    public void On_the_virtual_clock_a_queue_without_pages_waits_and_loses_nothing()
    {
        using var run = new SimulatedRun(Few with { Queues = 1, Pages = 100 });
        var held = 0;
        while (run.Receive(0) == ReceiveStatus.Received) held++;
        Assert.Equal(1, held);

        run.Drain(new Random(1), 0);

        Assert.Equal(10_000, run.Received);
        Assert.All(run.Packets.Take(9_984), p => Assert.Equal(64, p.Bundle));
        Assert.True(run.Balances);
    }

    [Fact]
    public void A_pool_smaller_than_a_bundle_gives_smaller_bundles()
    {
        using var run = SimulatedRun.ToEnd(Few with { Packets = 100, Pages = 8, Queues = 1 });

        Assert.Equal(100, run.Received);
        Assert.True(run.Balances);
    }

    [Fact]
    public void A_flow_comes_in_on_the_queue_that_its_hash_chooses_and_on_no_other()
    {
        using var run = SimulatedRun.ToEnd(Few);
        var scaling = new ReceiveSideScaling(Few);

        Assert.All(run.Packets, p => Assert.Equal((int)(scaling.HashOf(LinkType.Ethernet, p.Bytes) & 127) % 4, p.Queue));
        Assert.Equal(4, run.Packets.Select(p => p.Queue).Distinct().Count());
    }

    [Fact]
    public void With_the_symmetric_key_the_way_back_comes_in_on_the_same_queue()
    {
        using var run = SimulatedRun.ToEnd(Few with { Packets = 500 });
        var scaling = new ReceiveSideScaling(Few with { SymmetricRss = true });

        Assert.All(run.Packets, p => Assert.Equal(scaling.HashOf(LinkType.Ethernet, p.Bytes), scaling.HashOf(LinkType.Ethernet, Reversed(p.Bytes))));
    }

    [Fact]
    public void The_descriptor_has_the_flow_hash_that_software_computes()
    {
        using var run = SimulatedRun.ToEnd(Few);

        Assert.All(run.Packets, p => Assert.Equal(FlowHash.Of(LinkType.Ethernet, p.Bytes), p.Descriptor.FlowHash));
    }

    [Fact]
    public void Small_packets_have_64_bytes_and_imix_its_shares()
    {
        using var small = SimulatedRun.ToEnd(Few with { Profile = TrafficProfile.Small });
        using var imix = SimulatedRun.ToEnd(Few with { Packets = 120_000 });

        Assert.All(small.Packets, p => Assert.Equal(64, p.Bytes.Length));
        var shares = imix.Packets.CountBy(p => p.Bytes.Length).ToDictionary();
        Assert.Equal([64, 590, 1514], shares.Keys.Order());
        Assert.InRange(shares[64], 69_000, 71_000);
        Assert.InRange(shares[590], 39_000, 41_000);
        Assert.InRange(shares[1514], 9_500, 10_500);
    }

    [Fact]
    public void Zipf_gives_the_second_flow_half_of_the_first_and_an_elephant_has_half_of_all()
    {
        using var zipf = SimulatedRun.ToEnd(Few with { Profile = TrafficProfile.Zipf, Packets = 100_000 });
        using var elephant = SimulatedRun.ToEnd(Few with { Profile = TrafficProfile.Elephant });

        var flows = zipf.Packets.CountBy(p => p.Descriptor.FlowHash).Select(f => f.Value).OrderDescending().ToList();
        Assert.InRange((double)flows[1] / flows[0], 0.47, 0.53);
        Assert.InRange(elephant.Packets.CountBy(p => p.Descriptor.FlowHash).Max(f => f.Value), 4_800, 5_200);
    }

    [Fact]
    public void A_mixed_link_carries_every_kind_in_its_share()
    {
        using var run = SimulatedRun.ToEnd(Few with { Profile = TrafficProfile.Mixed, Packets = 100_000 });

        var types = run.Packets.CountBy(p => (p.Bytes[12] << 8) | p.Bytes[13]).ToDictionary();
        Assert.InRange(types[0x0806], 800, 1200);
        Assert.InRange(types[0x86dd], 13_500, 14_500);
        Assert.InRange(run.Packets.Count(p => p.Bytes[23] == 17 && p.Bytes[36] == 0 && p.Bytes[37] == 53), 7_500, 8_500);
        Assert.InRange(run.Packets.Count(p => p.Bytes[23] == 6 && p.Bytes[36] == 0 && p.Bytes[37] == 22), 4_500, 5_500);
    }

    [Fact]
    public void An_ARP_request_asks_everybody_for_one_address()
    {
        using var run = SimulatedRun.ToEnd(Few with { Profile = TrafficProfile.Mixed });

        var request = run.Packets.First(p => p.Bytes[12] == 8 && p.Bytes[13] == 6).Bytes;

        Assert.Equal("FFFFFFFFFFFF0201", Convert.ToHexString(request[..8]));
        Assert.Equal("0001080006040001", Convert.ToHexString(request[14..22]));
        Assert.Equal(request[6..12], request[22..28]);
        Assert.Equal((10, 198), (request[28], request[38]));
        Assert.All(request[42..], b => Assert.Equal(0, b));
    }

    [Theory]
    [InlineData(TrafficProfile.Imix)]
    [InlineData(TrafficProfile.Mixed)]
    public void All_checksums_are_right(TrafficProfile profile)
    {
        using var run = new SimulatedRun(Few with { Profile = profile });
        using var stack = new NullStackConsumer();
        var bundles = new BundlePool(64);
        var account = new Accounts.PacketAccount("test", Accounts.AccountKind.Stack);
        foreach (var queue in run.Nic.Queues)
        {
            while (true)
            {
                using var bundle = bundles.Rent(queue.DeviceShare, account, NicInterface.Unknown);
                if (queue.Receive(bundle) == ReceiveStatus.End) break;
                stack.Consume(new PacketBatch(bundle));
            }
        }

        Assert.DoesNotContain(stack.Notes, n => n.Contains("bad") || n.Contains("malformed"));
        Assert.Contains(stack.Notes, n => n.Contains("tcp"));
    }

    [Fact]
    public void A_virtual_function_gets_what_is_addressed_to_it_on_queues_of_its_own()
    {
        using var run = SimulatedRun.ToEnd(Few with { Vfs = 2, VfQueues = 2, Queues = 2 });

        Assert.Equal(["sim:0", "sim:1", "sim:vf0:0", "sim:vf0:1", "sim:vf1:0", "sim:vf1:1"], run.Nic.Queues.Select(q => q.Name));
        Assert.All(run.Packets, p => Assert.Equal(p.Bytes[5], p.Queue / 2));
        Assert.All(run.Packets, p => Assert.Equal(p.Queue / 2 == 0 ? "sim" : $"sim:vf{(p.Queue / 2) - 1}", p.Interface.Name));
        Assert.All(run.Accounts, a => Assert.NotEqual(0, a.Received.Packets));
    }

    [Fact]
    public void Packets_are_as_far_apart_as_the_rate_says()
    {
        using var run = SimulatedRun.ToEnd(Few with { Queues = 1, Rate = 1000, Packets = 100 });

        Assert.Equal(Enumerable.Range(0, 100).Select(n => n * 1_000_000L), run.Packets.Select(p => p.Time - run.Packets[0].Time));
    }

    [Fact]
    public void The_wire_can_end_where_enough_have_come_through_whatever_was_lost() =>
        Gen.Select(Gen.Int[1, 3000], Gen.Int[0, 1500], Gen.Int[1, 900], Gen.Int[0, 3]).Sample((wanted, at, packets, queue) =>
        {
            SimulatedFault[] faults = [new(FaultKind.Flap, null, at, packets), new(FaultKind.Corrupt, queue, at + 50, 400), new(FaultKind.Overrun, queue, at, null), new(FaultKind.Stall, queue, at * 2, packets)];
            using var run = SimulatedRun.ToEnd(Few with { Packets = null, MostReceived = wanted, Ring = 64, Faults = faults });
            Assert.Equal(wanted, run.Received);
        }, iter: 60);

    [Fact]
    public void A_warm_queue_allocates_nothing()
    {
        using var nic = SimulatedNic.Open(new SimulatedOptions { Queues = 1 });
        var bundles = new BundlePool(64);
        var account = new Accounts.PacketAccount("test", Accounts.AccountKind.Consumer);

        Assert.Equal(0, Allocation.OnceWarm(() => Take(1000)));

        void Take(int count)
        {
            for (var i = 0; i < count; i++)
            {
                using var bundle = bundles.Rent(nic.Queues[0].DeviceShare, account, NicInterface.Unknown);
                nic.Queues[0].Receive(bundle);
            }
        }
    }

    [Fact]
    public void A_fault_of_a_queue_that_is_not_there_is_refused() =>
        Assert.Contains("expected 0 to 3", Assert.Throws<ArgumentException>(() => SimulatedNic.Open(Few with { Faults = [new(FaultKind.Corrupt, 4, 0, 1)] })).Message);

    /// <summary>Addresses and, as far as they are no payload, ports exchanged.</summary>
    private static byte[] Reversed(byte[] packet)
    {
        var back = packet.ToArray();
        var (addresses, size) = packet[12] == 0x08 ? (26, 4) : (22, 16);
        packet.AsSpan(addresses, size).CopyTo(back.AsSpan(addresses + size));
        packet.AsSpan(addresses + size, size).CopyTo(back.AsSpan(addresses));
        var ports = addresses + (2 * size);
        packet.AsSpan(ports, 2).CopyTo(back.AsSpan(ports + 2));
        packet.AsSpan(ports + 2, 2).CopyTo(back.AsSpan(ports));
        return back;
    }
}
