using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Tests.Devices.Replay;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers.Flows;

public class ReleasedFlowsTests
{
    private const ushort MoreFragments = 0x2000;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);
    private static readonly byte[] Asking = IpPackets.Udp("10.0.0.1", 5000, "10.0.0.2", 53);
    private static readonly byte[] Answering = IpPackets.Udp("10.0.0.2", 53, "10.0.0.1", 5000);

    private readonly ManualTime _time = new();

    [Fact]
    public void A_flow_is_released_in_both_directions_and_no_other_is()
    {
        var flows = Flows();

        Assert.True(Release(flows, Asking));

        Assert.NotNull(Find(flows, Asking));
        Assert.Same(Find(flows, Asking), Find(flows, Answering));
        Assert.Null(Find(flows, IpPackets.Udp("10.0.0.1", 5001, "10.0.0.2", 53)));
        Assert.Null(Find(flows, IpPackets.Udp("10.0.0.1", 53, "10.0.0.2", 5000)));
        Assert.Null(Find(flows, IpPackets.Tcp("10.0.0.1", 5000, "10.0.0.2", 53)));
        Assert.Null(Find(flows, IpPackets.Udp("10.0.0.3", 5000, "10.0.0.2", 53)));
    }

    [Fact]
    public void A_vlan_is_part_of_the_flow()
    {
        var flows = Flows();

        Assert.True(Release(flows, IpPackets.Tagged(Asking, 7)));

        Assert.NotNull(Find(flows, IpPackets.Tagged(Answering, 7)));
        Assert.NotNull(Find(flows, IpPackets.Tagged(Answering, 0xe007)));
        Assert.Null(Find(flows, Asking));
        Assert.Null(Find(flows, IpPackets.Tagged(Asking, 8)));
        Assert.Null(Find(flows, IpPackets.Tagged(Asking, 7, 7)));
    }

    [Fact]
    public void A_fragment_is_of_no_flow_whatever_its_first_bytes_look_like()
    {
        var flows = Flows();
        var datagram = Asking[34..];
        byte[][] fragments =
        [
            IpPackets.Ip("10.0.0.1", "10.0.0.2", IpProtocol.Udp, datagram, MoreFragments),
            IpPackets.Ip("10.0.0.1", "10.0.0.2", IpProtocol.Udp, datagram, 185),
            IpPackets.Ip("10.0.0.1", "10.0.0.2", IpProtocol.Udp, datagram, MoreFragments | 185),
        ];
        Assert.True(Release(flows, Asking));

        foreach (var fragment in fragments)
        {
            Assert.Null(Find(flows, fragment));
            Assert.False(Release(flows, fragment));
        }

        Assert.Equal(1, flows.Count);
    }

    [Fact]
    public void What_has_no_ports_is_not_released()
    {
        var flows = Flows();

        Assert.False(Release(flows, IpPackets.Icmp("10.0.0.1", "10.0.0.2", 8)));
        Assert.False(Release(flows, IpPackets.Ethernet(EtherType.Arp, new byte[28])));
        Assert.False(Release(flows, Asking[..36]));
        Assert.False(Release(flows, []));

        Assert.True(flows.IsEmpty);
        Assert.Equal(0, flows.Refused);
    }

    [Fact]
    public void A_full_table_refuses_exactly_what_is_one_too_many_and_keeps_what_it_has()
    {
        var flows = Flows(capacity: 100);
        var packets = Enumerable.Range(1, 130).Select(port => IpPackets.Tcp("10.0.0.1", port, "10.0.0.2", 80)).ToList();

        Assert.Equal(Enumerable.Range(1, 130).Select(port => port <= 100), packets.Select(p => Release(flows, p)));
        Assert.True(Release(flows, packets[0]));

        Assert.Equal((100, 30), (flows.Count, flows.Refused));
        Assert.All(packets.Take(100), p => Assert.NotNull(Find(flows, p)));
        Assert.All(packets.Skip(100), p => Assert.Null(Find(flows, p)));
        Assert.NotNull(flows.Remove(Find(flows, packets[7])!.Words));
        Assert.True(Release(flows, packets[129]));
        Assert.Null(Find(flows, packets[7]));
    }

    [Fact]
    public void A_flow_ends_exactly_when_it_had_no_packet_for_its_idle_time()
    {
        var flows = Flows();
        Assert.True(Release(flows, Asking));

        _time.Advance(Idle - TimeSpan.FromTicks(1));
        Assert.NotNull(Find(flows, Answering));
        _time.Advance(Idle - TimeSpan.FromTicks(1));
        Assert.NotNull(Find(flows, Asking));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.NotNull(Find(flows, Asking));
        _time.Advance(Idle - TimeSpan.FromTicks(1));
        Assert.NotNull(Find(flows, Asking));
        _time.Advance(Idle);

        Assert.Null(Find(flows, Asking));
        Assert.Equal(1, flows.Count);
        flows.Sweep(1);
        Assert.True(flows.IsEmpty);
    }

    [Fact]
    public void A_sweep_leaves_what_has_packets()
    {
        var flows = Flows();
        var other = IpPackets.Udp("10.0.0.9", 1, "10.0.0.2", 2);
        Assert.True(Release(flows, Asking) && Release(flows, other));

        for (var i = 0; i < 5; i++)
        {
            _time.Advance(Idle / 2);
            Assert.NotNull(Find(flows, Asking));
            flows.Sweep(1);
        }

        Assert.Equal(Find(flows, Asking), Assert.Single(flows.Latest(10)));
        Assert.Null(Find(flows, other));
    }

    [Fact]
    public void A_flow_that_is_over_can_be_released_again_before_any_sweep()
    {
        var flows = Flows(capacity: 1);
        Assert.True(Release(flows, Asking));
        _time.Advance(Idle);

        Assert.True(Release(flows, Answering));

        Assert.NotNull(Find(flows, Asking));
        Assert.Equal((1, 0), (flows.Count, flows.Refused));
    }

    [Fact]
    public void A_flow_ends_with_the_rules_that_marked_it()
    {
        var flows = Flows();
        Assert.True(Release(flows, Asking, generation: 1));

        Assert.Null(Find(flows, Asking, generation: 2));
        Assert.NotNull(Find(flows, Asking, generation: 1));
        Assert.True(Release(flows, Answering, generation: 2));
        Assert.False(Release(flows, Asking, generation: 1));
        Assert.NotNull(Find(flows, Asking, generation: 2));
        flows.Sweep(generation: 3);

        Assert.True(flows.IsEmpty);
    }

    [Fact]
    public void Groups_release_for_themselves()
    {
        var flows = Flows();
        Assert.True(Release(flows, Asking, group: 1) && Release(flows, Answering, group: 4));

        Assert.Equal((1, 5ul), (flows.Count, Find(flows, Asking)!.Groups));
        Assert.Equal(["a", "c"], new[] { "a", "b", "c" }.Select(flows.For).Where(r => (r!.Bit & 5) != 0).Select(r => r!.Group));
        Assert.Equal(["a", "c"], flows.NamesOf(5));
        Assert.Equal(flows.For("b")!.Bit, flows.For("b")!.Bit);
    }

    [Fact]
    public void There_is_room_for_sixty_four_groups()
    {
        var flows = Flows();

        var bits = Enumerable.Range(0, 64).Aggregate(0ul, (sum, i) => sum | flows.For($"g{i}")!.Bit);

        Assert.Equal(ulong.MaxValue, bits);
        Assert.Null(flows.For("one too many"));
    }

    [Theory]
    [InlineData("10.0.0.2", 443, "10.0.0.1", 50000, "tcp 10.0.0.1:50000 10.0.0.2:443")]
    [InlineData("2001:db8::1", 443, "2001:db8::2", 50000, "tcp [2001:db8::1]:443 [2001:db8::2]:50000")]
    public void A_flow_has_words_that_take_it_back(string from, int fromPort, string to, int toPort, string words)
    {
        var flows = Flows();
        Release(flows, Asking);
        Assert.True(Release(flows, IpPackets.Tagged(IpPackets.Tcp(from, fromPort, to, toPort), 3, 7)));

        Assert.Null(flows.Remove(words));
        var gone = flows.Remove($"{words} vlan 3.7");

        Assert.Equal($"{words} vlan 3.7", gone?.Words);
        Assert.Null(Find(flows, IpPackets.Tagged(IpPackets.Tcp(to, toPort, from, fromPort), 3, 7)));
        Assert.Equal("udp 10.0.0.1:5000 10.0.0.2:53", Assert.Single(flows.Latest(10)).Words);
    }

    [Fact]
    public void A_number_takes_a_flow_back_once()
    {
        var flows = Flows();
        Release(flows, Asking);
        var id = $"{Assert.Single(flows.Latest(1)).Id}";

        Assert.NotNull(flows.Remove(id));

        Assert.Null(flows.Remove(id));
        Assert.True(flows.IsEmpty);
        Assert.True(Release(flows, Asking));
        Assert.Null(flows.Remove(id));
    }

    [Fact]
    public void Looking_up_allocates_nothing_and_neither_does_releasing_again()
    {
        var flows = Flows();
        var packets = Enumerable.Range(1, 300).Select(port => IpPackets.Tcp("10.0.0.1", port, "10.0.0.2", 80)).ToArray();
        foreach (var packet in packets.Take(200)) Release(flows, packet);

        Assert.Equal(0, Allocation.OnceWarm(Work));

        void Work()
        {
            foreach (var packet in packets) flows.Find(LinkType.Ethernet, packet, 1, flows.Now);
            for (var i = 0; i < 200; i++) Release(flows, packets[i]);
        }
    }

    /// <summary>Two threads release and take back, each flows of its own; readers look up all the time. Nothing is lost or invented.</summary>
    [Fact]
    public async Task Several_writers_and_readers_agree_in_the_end()
    {
        var flows = new ReleasedFlows(capacity: 4000);
        var packets = Enumerable.Range(0, 8000).Select(i => IpPackets.Udp("10.0.0.1", i + 1, "10.0.0.2", 53)).ToArray();
        var isOver = false;
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(Read)).ToArray();
        var writers = Enumerable.Range(0, 2).Select(w => Task.Run(() => Write(w))).ToArray();

        await Task.WhenAll(writers);
        Volatile.Write(ref isOver, true);
        await Task.WhenAll(readers);

        var left = packets.Where(p => Find(flows, p) is not null).Count();
        Assert.Equal(left, flows.Count);
        Assert.Equal(left, flows.Latest(int.MaxValue).Count);
        Assert.Equal(packets.Select((_, i) => i % 8 == 0 || i % 8 == 1).Count(stays => stays), left);
        Assert.All(packets.Index(), p => Assert.Equal(p.Index % 8 < 2, Find(flows, p.Item) is not null));

        // Writer w has every second packet, and takes three of four back.
        void Write(int w)
        {
            for (var start = 0; start < packets.Length; start += 8)
            {
                for (var i = start + w; i < start + 8; i += 2)
                {
                    Assert.True(Release(flows, packets[i]));
                    if (i % 8 >= 2) Assert.NotNull(flows.Remove($"{Find(flows, packets[i])!.Id}"));
                }
            }
        }

        void Read()
        {
            for (var i = 0; !Volatile.Read(ref isOver); i = (i + 1) % packets.Length)
            {
                if (Find(flows, packets[i]) is { } flow && flow.Key.LowPort != i + 1) throw new InvalidOperationException($"{flow.Words} for {i + 1}");
            }
        }
    }

    private ReleasedFlows Flows(int capacity = ReleasedFlows.Most) => new(capacity, _time);

    private static bool Release(ReleasedFlows flows, byte[] packet, int generation = 1, ulong group = 1) =>
        flows.Release(LinkType.Ethernet, packet, generation, group, Idle, seen: 0);

    private static ReleasedFlow? Find(ReleasedFlows flows, byte[] packet, int generation = 1) => flows.Find(LinkType.Ethernet, packet, generation, flows.Now);
}
