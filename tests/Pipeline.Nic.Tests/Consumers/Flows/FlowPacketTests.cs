using System.Text;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Headers;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers.Flows;

/// <summary>Which packets are of one flow: messages of ICMP, and what links wrap around a packet.</summary>
public class FlowPacketTests
{
    private const ushort Mpls = 0x8847, Pppoe = 0x8864, ServiceTag = 0x88a8;

    private static readonly byte[] Plain = IpPackets.Udp("10.0.0.1", 1, "10.0.0.2", 2);
    private static readonly byte[] PlainV6 = IpPackets.Udp("2001:db8::1", 1, "2001:db8::2", 2);

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2", 8, 0, "8,0")]
    [InlineData("10.0.0.1", "10.0.0.2", 13, 14, "13,0")]
    [InlineData("2001:db8::1", "2001:db8::2", 128, 129, "128,0")]
    public void A_question_and_its_answer_are_one_flow(string from, string to, byte question, byte answer, string columns)
    {
        var asked = Of(IpPackets.Icmp(from, to, question));

        Assert.Equal(asked.Key, Of(IpPackets.Icmp(to, from, answer)).Key);
        Assert.Contains($",{from},0,{to},0,", Line(asked));
        Assert.EndsWith($",{columns},,0,0\r\n", Line(asked));
    }

    [Fact]
    public void An_answer_that_nobody_was_seen_to_ask_for_has_its_own_type() =>
        Assert.EndsWith(",0,0,,0,0\r\n", Line(Of(IpPackets.Icmp("10.0.0.2", "10.0.0.1", 0))));

    [Fact]
    public void Other_types_and_other_codes_are_other_flows()
    {
        var flows = new[] { (8, 0), (3, 0), (3, 1), (3, 4), (11, 0) }.Select(m => Of(IpPackets.Icmp("10.0.0.1", "10.0.0.2", (byte)m.Item1, (byte)m.Item2)).Key);

        Assert.Equal(5, flows.Distinct().Count());
        Assert.EndsWith(",3,4,,0,0\r\n", Line(Of(IpPackets.Icmp("10.0.0.1", "10.0.0.2", 3, 4))));
    }

    [Fact]
    public void Two_hosts_that_ask_each_other_are_two_flows() =>
        Assert.NotEqual(Of(IpPackets.Icmp("10.0.0.1", "10.0.0.2", 8)).Key, Of(IpPackets.Icmp("10.0.0.2", "10.0.0.1", 8)).Key);

    [Fact]
    public void Fragments_of_ICMP_have_no_type() =>
        Assert.EndsWith(",,,,0,0\r\n", Line(Of(IpPackets.Ip("10.0.0.1", "10.0.0.2", IpProtocol.Icmp, [8, 0, 0, 0], fragment: 0x2000))));

    public static TheoryData<string, byte[], byte[]> Carried => new()
    {
        { "one tag", Plain, IpPackets.Tagged(Plain, 7) },
        { "QinQ", Plain, IpPackets.Wrapped(IpPackets.Tagged(Plain, 7), ServiceTag, [0, 9, 0x81, 0]) },
        { "three tags", Plain, IpPackets.Tagged(Plain, 7, 8, 9) },
        { "one label", Plain, IpPackets.Wrapped(Plain, Mpls, [0, 1, 0x01, 64]) },
        { "three labels", Plain, IpPackets.Wrapped(Plain, Mpls, [0, 1, 0, 64, 0, 2, 0, 64, 0, 3, 0x01, 64]) },
        { "a label before IPv6", PlainV6, IpPackets.Wrapped(PlainV6, Mpls, [0, 1, 0x01, 64]) },
        { "a tag and a label", Plain, IpPackets.Wrapped(Plain, EtherType.Vlan, [0, 7, 0x88, 0x47, 0, 1, 0x01, 64]) },
        { "a session of PPPoE", Plain, IpPackets.Wrapped(Plain, Pppoe, [0x11, 0, 0, 5, 0, 30, 0, 0x21]) },
        { "a session behind two tags", PlainV6, IpPackets.Wrapped(PlainV6, ServiceTag, [0, 9, 0x81, 0, 0, 7, 0x88, 0x64, 0x11, 0, 0, 5, 0, 30, 0, 0x57]) },
    };

    [Theory]
    [MemberData(nameof(Carried))]
    public void A_flow_is_the_same_whatever_carries_it(string what, byte[] plain, byte[] carried)
    {
        Assert.True(Of(plain).Key == Of(carried).Key, what);
        Assert.True(FlowHash.Of(LinkType.Ethernet, plain) == FlowHash.Of(LinkType.Ethernet, carried), what);
    }

    public static TheoryData<string, byte[], ushort> Opaque => new()
    {
        { "a label cut off", IpPackets.Ethernet(Mpls, [0, 1, 0]), Mpls },
        { "labels without an end", IpPackets.Ethernet(Mpls, new byte[200]), Mpls },
        { "nothing behind the label", IpPackets.Ethernet(Mpls, [0, 1, 1, 64]), Mpls },
        { "a pseudowire", IpPackets.Ethernet(Mpls, [0, 1, 1, 64, 0, 0, 0, 0, 2, 0, 0, 0]), Mpls },
        { "PPP's own control", IpPackets.Ethernet(Pppoe, [0x11, 0, 0, 5, 0, 30, 0xc0, 0x21, 1, 1]), Pppoe },
        { "a session of another version", IpPackets.Ethernet(Pppoe, [0x21, 0, 0, 5, 0, 30, 0, 0x21, 0x45]), Pppoe },
        { "a session cut off", IpPackets.Ethernet(Pppoe, [0x11, 0, 0]), Pppoe },
        { "discovery", IpPackets.Ethernet(0x8863, [0x11, 9, 0, 0, 0, 4, 1, 1, 0, 0]), 0x8863 },
    };

    [Theory]
    [MemberData(nameof(Opaque))]
    public void What_cannot_be_looked_through_is_a_flow_of_its_type(string what, byte[] packet, ushort type) => Assert.True(Of(packet).Key.EtherType == type, what);

    [Fact]
    public void Vlans_part_flows_where_that_is_asked_for()
    {
        var (seven, eight, both) = (Of(IpPackets.Tagged(Plain, 7), byVlan: true), Of(IpPackets.Tagged(Plain, 8), byVlan: true), Of(IpPackets.Tagged(Plain, 7, 8), byVlan: true));

        Assert.Equal(3, new[] { seven.Key, eight.Key, both.Key }.Distinct().Count());
        Assert.EndsWith(",,,7,0,0\r\n", Line(seven));
        Assert.EndsWith(",,,7.8,0,0\r\n", Line(both));
    }

    [Fact]
    public void A_tag_that_is_a_priority_alone_is_no_vlan() => Assert.Equal(Of(Plain, byVlan: true).Key, Of(IpPackets.Tagged(Plain, 0xe000), byVlan: true).Key);

    [Fact]
    public void However_a_packet_is_cut_nothing_is_read_beyond_it()
    {
        foreach (var packet in Carried.Select(c => (byte[])c[2]))
            for (var length = 0; length < packet.Length; length++) Of(packet[..length], byVlan: true);
    }

    private static Flow Of(byte[] packet, bool byVlan = false)
    {
        var found = FlowPacket.Of(LinkType.Ethernet, packet, byVlan);
        return new Flow { Key = found.Key, StartedByLow = found.StartedByLow, First = Flow.NoTime, Last = Flow.NoTime };
    }

    private static string Line(Flow flow)
    {
        var line = new byte[FlowText.LongestLine];
        return Encoding.UTF8.GetString(line, 0, FlowText.Write(line, flow, FlowEnd.None));
    }
}
