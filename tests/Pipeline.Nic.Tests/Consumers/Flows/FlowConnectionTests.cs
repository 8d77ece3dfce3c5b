using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Headers;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers.Flows;

/// <summary>What TCP says about where a flow begins, who began it and why it ended.</summary>
public class FlowConnectionTests
{
    private const byte Fin = 0x11, Syn = 0x02, SynAck = 0x12, Ack = 0x10, Rst = 0x14;

    private readonly Lines _left = new();

    [Fact]
    public void Ports_that_are_used_again_are_another_flow()
    {
        Ended(new FlowOptions(), Out(Syn), Back(SynAck), Out(Ack), Out(Fin), Back(Fin), Out(Ack), Out(Syn), Back(SynAck), Out(Ack));

        Assert.Equal(["client 4+2 EndOfFlowDetected", "client 2+1 ForcedEnd"], _left);
    }

    [Fact]
    public void A_connection_that_was_reset_leaves_its_ports_to_the_next()
    {
        Ended(new FlowOptions(), Out(Syn), Back(Rst), Out(Syn), Back(Rst));

        Assert.Equal(["client 1+1 EndOfFlowDetected", "client 1+1 EndOfFlowDetected"], _left);
    }

    [Fact]
    public void A_SYN_that_is_sent_again_is_no_other_flow()
    {
        Ended(new FlowOptions(), Out(Syn), Out(Syn), Back(SynAck), Back(SynAck), Out(Ack));

        Assert.Equal(["client 3+2 ForcedEnd"], _left);
    }

    [Fact]
    public void An_answer_that_comes_late_does_not_begin_the_connection_that_it_belongs_to_again()
    {
        Ended(new FlowOptions(), Out(Syn), Out(Rst), Back(SynAck));

        Assert.Equal(["client 2+1 EndOfFlowDetected"], _left);
    }

    [Fact]
    public void Where_one_direction_is_seen_an_answer_behind_a_FIN_begins_another_flow()
    {
        Ended(new FlowOptions(), Back(SynAck), Back(Fin), Back(SynAck), Back(Ack));

        Assert.Equal(["client 0+2 EndOfFlowDetected", "client 0+2 ForcedEnd"], _left);
    }

    [Fact]
    public void Who_gets_the_answer_to_a_SYN_is_the_source()
    {
        Ended(new FlowOptions(), Back(SynAck), Out(Ack));

        Assert.Equal(["client 1+1 ForcedEnd"], _left);
    }

    [Fact]
    public void In_the_middle_of_a_connection_the_source_is_who_sent_first()
    {
        Ended(new FlowOptions(), Back(Ack), Out(Ack));

        Assert.Equal(["server 1+1 ForcedEnd"], _left);
    }

    [Fact]
    public void A_flow_that_goes_on_after_the_active_timeout_keeps_its_source()
    {
        Ended(new FlowOptions { ActiveTimeout = TimeSpan.FromMicroseconds(2) }, Out(Syn), Back(SynAck), Back(Ack));

        Assert.Equal(["client 1+1 ActiveTimeout", "client 0+1 ForcedEnd"], _left);
    }

    [Fact]
    public void A_connection_that_is_over_did_not_end_for_want_of_room_or_packets()
    {
        Ended(new FlowOptions { MaxFlows = 1 }, Out(Syn), Back(Fin), Out(Fin), IpPackets.Udp("10.0.0.3", 1, "10.0.0.4", 2), Out(Ack));

        Assert.Equal(["client 2+1 EndOfFlowDetected", "10.0.0.3 1+0 LackOfResources", "client 1+0 ForcedEnd"], _left);
    }

    [Fact]
    public void A_connection_that_is_over_did_not_end_by_the_active_timeout()
    {
        Ended(new FlowOptions { ActiveTimeout = TimeSpan.FromMicroseconds(3) }, Out(Syn), Back(Fin), Out(Fin), Back(Ack));

        Assert.Equal(["client 2+1 EndOfFlowDetected", "client 0+1 ForcedEnd"], _left);
    }

    [Fact]
    public void A_FIN_of_one_side_is_not_the_end_while_the_other_goes_on()
    {
        Ended(new FlowOptions { IdleTimeout = TimeSpan.FromMicroseconds(3) }, Out(Syn), Back(SynAck), Out(Fin), Back(Ack));

        Assert.Equal(["client 2+2 ForcedEnd"], _left);
    }

    [Fact]
    public void Connections_that_follow_each_other_are_counted_without_allocating()
    {
        var table = new FlowTable(new FlowOptions { MaxFlows = 4 }, new Nothing(), seed: 1);
        byte[][] packets = [Out(Syn), Back(SynAck), Out(Fin), Back(Fin), IpPackets.Icmp("10.0.0.1", "10.0.0.2", 8), IpPackets.Tagged(Out(Ack), 7, 8, 9)];

        Assert.Equal(0, Allocation.OnceWarm(Work));

        void Work()
        {
            for (var i = 0; i < 100; i++) table.Add(FlowPacket.Of(LinkType.Ethernet, packets[i % packets.Length], byVlan: true), 60, i);
        }
    }

    private static byte[] Out(byte flags) => IpPackets.Tcp("10.0.0.2", 40000, "10.0.0.1", 80, flags);

    private static byte[] Back(byte flags) => IpPackets.Tcp("10.0.0.1", 80, "10.0.0.2", 40000, flags);

    /// <summary>Gives a table the packets, a microsecond apart, and has it end.</summary>
    private void Ended(FlowOptions options, params byte[][] packets)
    {
        var table = new FlowTable(options, _left, seed: 1);
        for (var i = 0; i < packets.Length; i++) table.Add(FlowPacket.Of(LinkType.Ethernet, packets[i]), 60, i * 1000);
        table.Clear();
    }

    private sealed class Lines : List<string>, IFlowReport
    {
        public void Add(in Flow flow, FlowEnd end)
        {
            var address = (uint)(flow.StartedByLow ? flow.Key.LowAddress : flow.Key.HighAddress) & 0xff;
            var source = address switch { 1 => "server", 2 => "client", _ => $"10.0.0.{address}" };
            Add($"{source} {flow.Packets}+{flow.ReversePackets} {end}");
        }
    }

    private sealed class Nothing : IFlowReport
    {
        public void Add(in Flow flow, FlowEnd end)
        {
        }
    }
}
