using System.Buffers.Binary;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Xunit;

namespace Pipeline.Actors.Tests.Routing;

public sealed class BalanceSpecs
{
    private const int Instances = 4;

    [Fact]
    public void Both_directions_of_a_flow_go_to_one_instance()
    {
        using var source = PacketSource.OneToAPage();
        using var bench = Bench(source, Balance.Flow);

        bench.Route(source.BundleOf([.. Enumerable.Range(0, 32).SelectMany(BothWays)]));

        var instanceOf = InstanceOfEach(bench);
        Assert.All(Enumerable.Range(0, 32), flow => Assert.Equal(instanceOf[2 * flow], instanceOf[(2 * flow) + 1]));
        bench.Settle();
    }

    [Fact]
    public void Flows_are_spread_over_all_instances()
    {
        using var source = PacketSource.OneToAPage();
        using var bench = Bench(source, Balance.Flow);

        bench.Route(source.BundleOf([.. Enumerable.Range(0, 64).Select(i => Udp((ushort)(1024 + i), 53))]));

        Assert.All(Enumerable.Range(0, Instances), i => Assert.NotEmpty(bench["group", i].Numbers));
        bench.Settle();
    }

    [Fact]
    public void A_flow_stays_with_its_instance_from_bundle_to_bundle()
    {
        using var source = PacketSource.OneToAPage();
        using var bench = Bench(source, Balance.Flow);

        for (var i = 0; i < 8; i++) bench.Route(source.BundleOf(Udp(5000, 53)));

        Assert.Equal(8, Enumerable.Range(0, Instances).Max(i => bench["group", i].Numbers.Count));
        bench.Settle();
    }

    [Fact]
    public void Packets_that_were_balanced_carry_the_hash_they_were_balanced_by()
    {
        using var source = PacketSource.OneToAPage();
        using var bench = Bench(source, Balance.Flow);

        bench.Route(source.BundleOf([.. BothWays(1)]));

        var bundle = Enumerable.Range(0, Instances).SelectMany(i => bench["group", i].Bundles).Single();
        Assert.NotEqual(0u, bundle.Packets[0].FlowHash);
        Assert.Equal(bundle.Packets[0].FlowHash, bundle.Packets[1].FlowHash);
        bench.Settle();
    }

    [Fact]
    public void In_turn_means_a_whole_bundle_to_each()
    {
        using var source = PacketSource.OneToAPage();
        using var bench = Bench(source, Balance.RoundRobin, bundlePackets: 2);

        bench.Route(source.Bundle(0, 0, 0, 0, 0, 0, 0, 0, 0, 0));

        Assert.Equal([4, 2, 2, 2], Enumerable.Range(0, Instances).Select(i => bench["group", i].Numbers.Count));
        Assert.Equal([0, 1, 8, 9], bench["group"].Numbers);
        bench.Settle();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    [InlineData(6, 2)]
    public void By_queue_every_packet_of_a_queue_goes_to_one(int queue, int instance)
    {
        using var source = PacketSource.OneToAPage();
        using var bench = Bench(source, Balance.Queue, queue);

        bench.Route(source.Bundle(0, 0, 0));

        Assert.Equal([0, 1, 2], bench["group", instance].Numbers);
        bench.Settle();
    }

    [Fact]
    public void Every_instance_gets_its_packets_in_their_order()
    {
        using var source = PacketSource.ManyToAPage(pages: 32);
        using var bench = Bench(source, Balance.Flow, bundlePackets: 3);

        for (var i = 0; i < 4; i++) bench.Route(source.BundleOf([.. Enumerable.Range(0, 24).Select(p => Udp((ushort)p, 53))]));

        Assert.All(Enumerable.Range(0, Instances), i => Assert.Equal(bench["group", i].Numbers.Order(), bench["group", i].Numbers));
        bench.Settle();
    }

    private static ScatterBench Bench(PacketSource source, Balance balance, int queue = 0, int bundlePackets = 64) =>
        new(source, [new RouteOptions { To = "group", Balance = balance, Share = 1 }], Instances, bundlePackets, queueIndex: queue);

    private static Dictionary<long, int> InstanceOfEach(ScatterBench bench) =>
        Enumerable.Range(0, Instances).SelectMany(i => bench["group", i].Numbers.Select(n => (n, i))).ToDictionary();

    private static IEnumerable<byte[]> BothWays(int flow)
    {
        var there = Udp((ushort)(2000 + flow), 53);
        var back = (byte[])there.Clone();
        there.AsSpan(26, 4).CopyTo(back.AsSpan(30));
        there.AsSpan(30, 4).CopyTo(back.AsSpan(26));
        there.AsSpan(34, 2).CopyTo(back.AsSpan(36));
        there.AsSpan(36, 2).CopyTo(back.AsSpan(34));
        return [there, back];
    }

    /// <summary>Ethernet, IPv4 (RFC 791) from 10.0.0.1 to 10.0.0.2, UDP (RFC 768) without data or checksums.</summary>
    private static byte[] Udp(ushort from, ushort to)
    {
        var packet = Convert.FromHexString("020000000001020000000002" + "0800" + "4500001c00000000" + "40110000" + "0a0000010a000002" + "0000000000080000");
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(34), from);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(36), to);
        return packet;
    }
}
