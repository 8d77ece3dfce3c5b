using System.Text;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Headers;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers.Flows;

public class FlowTextTests
{
    [Fact]
    public void The_longest_line_fits()
    {
        const string Long = "2001:db8:1111:1111:1111:1111:1111:1111", Longer = "2001:db8:1111:1111:1111:1111:1111:1112";
        var flow = FlowOf(IpPackets.Tagged(IpPackets.Tcp(Long, 65535, Longer, 65535), 4095, 4094), byVlan: true) with
        {
            Packets = long.MaxValue, Bytes = long.MaxValue, ReversePackets = long.MaxValue, ReverseBytes = long.MaxValue, First = long.MaxValue, Last = long.MaxValue,
        };
        var line = new byte[FlowText.LongestLine];

        var written = FlowText.Write(line, flow, FlowEnd.EndOfFlowDetected);

        Assert.InRange(written, 200, FlowText.LongestLine);
        Assert.Contains($"2262-04-11T23:47:16.854775807Z", Encoding.UTF8.GetString(line, 0, written));
    }

    [Theory]
    [InlineData(0, "1970-01-01T00:00:00.000000000Z")]
    [InlineData(-1, "1969-12-31T23:59:59.999999999Z")]
    [InlineData(1_234_567_890_123_456_789, "2009-02-13T23:31:30.123456789Z")]
    public void Times_are_written_to_the_nanosecond(long time, string expected)
    {
        var line = new byte[FlowText.LongestLine];
        var written = FlowText.Write(line, FlowOf(IpPackets.Udp("10.0.0.1", 1, "10.0.0.2", 2)) with { First = time, Last = time }, FlowEnd.None);

        Assert.EndsWith($",{expected},{expected},,,,,,,0,0\r\n", Encoding.UTF8.GetString(line, 0, written));
    }

    [Fact]
    public void A_line_is_written_without_allocating()
    {
        var flow = FlowOf(IpPackets.Tcp("2001:db8::1", 1, "2001:db8::2", 2)) with { First = 1, Last = 2 };
        var line = new byte[FlowText.LongestLine];

        Assert.Equal(0, Allocation.OnceWarm(() =>
        {
            for (var i = 0; i < 100; i++) FlowText.Write(line, flow, FlowEnd.IdleTimeout);
        }));
    }

    [Fact]
    public void A_protocol_without_a_name_is_a_number() =>
        Assert.StartsWith("0x0800,47,10.0.0.1,0,10.0.0.2,0,", Line(FlowOf(IpPackets.Ip("10.0.0.1", "10.0.0.2", 47, new byte[8]))));

    private static string Line(Flow flow)
    {
        var line = new byte[FlowText.LongestLine];
        return Encoding.UTF8.GetString(line, 0, FlowText.Write(line, flow, FlowEnd.None));
    }

    private static Flow FlowOf(byte[] packet, bool byVlan = false)
    {
        var found = FlowPacket.Of(LinkType.Ethernet, packet, byVlan);
        Assert.NotEqual(EtherType.Arp, found.Key.EtherType);
        return new Flow { Key = found.Key, StartedByLow = found.FromLow, First = Flow.NoTime, Last = Flow.NoTime };
    }
}
