using System.Text;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Headers;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers.Flows;

public sealed class FlowsConsumerTests : IDisposable
{
    private const long Second = 1_000_000_000;
    private const long Start = 1_700_000_000 * Second;

    private readonly TemporaryFolder _folder = new();
    private readonly PacketFeed _feed = new();
    private readonly HandlerContext _context = new("flows");

    public void Dispose()
    {
        _feed.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Both_directions_are_one_flow_of_whoever_sent_first()
    {
        var lines = Written(
            new FlowOptions(),
            At(0, IpPackets.Tcp("10.0.0.2", 40000, "10.0.0.1", 80, 0x02)),
            At(1, IpPackets.Tcp("10.0.0.1", 80, "10.0.0.2", 40000, 0x12)),
            At(2, IpPackets.Tcp("10.0.0.2", 40000, "10.0.0.1", 80, 0x18)));

        Assert.Equal(["0x0800,tcp,10.0.0.2,40000,10.0.0.1,80,2,108,1,54,2023-11-14T22:13:20.000000000Z,2023-11-14T22:13:22.000000000Z,0x1a,0x12,forced-end,,,,0,0"], lines);
    }

    [Fact]
    public void IPv6_and_udp_have_no_tcp_flags()
    {
        var lines = Written(new FlowOptions(), At(0, IpPackets.Udp("2001:db8::1", 5353, "ff02::fb", 5353, 10)));

        Assert.Equal(["0x86dd,udp,2001:db8::1,5353,ff02::fb,5353,1,72,0,0,2023-11-14T22:13:20.000000000Z,2023-11-14T22:13:20.000000000Z,,,forced-end,,,,0,0"], lines);
    }

    [Fact]
    public void Fragments_of_two_hosts_are_one_flow_without_ports()
    {
        var lines = Written(
            new FlowOptions(),
            At(0, IpPackets.Ip("10.0.0.1", "10.0.0.2", IpProtocol.Udp, [0, 1, 0, 2, 0, 99, 0, 0], fragment: 0x2000)),
            At(0, IpPackets.Ip("10.0.0.1", "10.0.0.2", IpProtocol.Udp, [9, 9, 9, 9, 9, 9, 9, 9], fragment: 0x0001)));

        Assert.StartsWith("0x0800,udp,10.0.0.1,0,10.0.0.2,0,2,84,0,0,", Assert.Single(lines));
    }

    [Fact]
    public void What_is_not_IP_is_counted_by_its_type()
    {
        var lines = Written(
            new FlowOptions(),
            At(0, IpPackets.Ethernet(EtherType.Arp, new byte[28])),
            At(0, IpPackets.Ethernet(0x88cc, new byte[46])),
            At(0, IpPackets.Ethernet(38, new byte[46])),
            At(0, IpPackets.Ethernet(EtherType.IPv4, [0x45])),
            At(0, IpPackets.Ethernet(EtherType.Arp, new byte[28])));

        Assert.Equal(["0x88cc,,,,,,1,60,0,0", "0x0000,,,,,,1,60,0,0", "0x0800,,,,,,1,15,0,0", "0x0806,,,,,,2,84,0,0"], lines.Select(l => string.Join(',', l.Split(',')[..10])));
    }

    [Fact]
    public void A_vlan_tag_does_not_part_the_directions()
    {
        var tagged = IpPackets.Udp("10.0.0.1", 1, "10.0.0.2", 2).ToList();
        tagged.InsertRange(12, [0x81, 0x00, 0x00, 0x07]);

        var lines = Written(new FlowOptions(), At(0, [.. tagged]), At(0, IpPackets.Udp("10.0.0.2", 2, "10.0.0.1", 1)));

        Assert.StartsWith("0x0800,udp,10.0.0.1,1,10.0.0.2,2,1,46,1,42,", Assert.Single(lines));
    }

    [Fact]
    public void Bytes_are_those_on_the_wire()
    {
        var lines = Written(new FlowOptions(), new SentPacket(IpPackets.Udp("10.0.0.1", 1, "10.0.0.2", 2), Start, WireLength: 1514));

        Assert.Contains(",1,1514,0,0,", Assert.Single(lines));
    }

    [Fact]
    public void Packets_without_a_time_leave_it_empty()
    {
        var lines = Written(new FlowOptions(), new SentPacket(IpPackets.Udp("10.0.0.1", 1, "10.0.0.2", 2), 0));

        Assert.EndsWith(",1,42,0,0,,,,,forced-end,,,,0,0", Assert.Single(lines));
    }

    [Fact]
    public void A_flow_that_was_idle_for_too_long_is_written_and_begins_anew()
    {
        var packet = IpPackets.Udp("10.0.0.1", 1, "10.0.0.2", 2);

        var lines = Written(new FlowOptions { IdleTimeout = TimeSpan.FromSeconds(10) }, At(0, packet), At(9, packet), At(19, packet));

        Assert.Equal(["2,idle-timeout", "1,forced-end"], lines.Select(l => l.Split(',')[6] + "," + l.Split(',')[14]));
    }

    [Fact]
    public void A_flow_ends_by_idleness_when_others_go_on()
    {
        var lines = Written(
            new FlowOptions { IdleTimeout = TimeSpan.FromSeconds(10) },
            At(0, IpPackets.Udp("10.0.0.1", 1, "10.0.0.2", 2)),
            At(8, IpPackets.Udp("10.0.0.3", 3, "10.0.0.4", 4)),
            At(10, IpPackets.Udp("10.0.0.3", 3, "10.0.0.4", 4)));

        Assert.Equal(["10.0.0.1 idle-timeout", "10.0.0.3 forced-end"], lines.Select(l => l.Split(',')[2] + " " + l.Split(',')[14]));
    }

    [Fact]
    public void A_flow_that_goes_on_for_too_long_is_written_and_goes_on_as_another()
    {
        var packet = IpPackets.Udp("10.0.0.1", 1, "10.0.0.2", 2);

        var lines = Written(new FlowOptions { ActiveTimeout = TimeSpan.FromSeconds(10) }, [.. Enumerable.Range(0, 21).Select(s => At(s, packet))]);

        Assert.Equal(["10,active-timeout", "10,active-timeout", "1,forced-end"], lines.Select(l => l.Split(',')[6] + "," + l.Split(',')[14]));
    }

    [Fact]
    public void A_full_table_writes_the_flow_without_a_packet_for_longest()
    {
        var lines = Written(
            new FlowOptions { MaxFlows = 2 },
            At(0, IpPackets.Udp("10.0.0.1", 1, "10.0.0.9", 2)),
            At(1, IpPackets.Udp("10.0.0.2", 1, "10.0.0.9", 2)),
            At(2, IpPackets.Udp("10.0.0.1", 1, "10.0.0.9", 2)),
            At(3, IpPackets.Udp("10.0.0.3", 1, "10.0.0.9", 2)));

        Assert.Equal(["10.0.0.2 lack-of-resources", "10.0.0.1 forced-end", "10.0.0.3 forced-end"], lines.Select(l => l.Split(',')[2] + " " + l.Split(',')[14]));
        Assert.Equal((1, 3), (Counted("flows-evicted"), Counted("flows-ended")));
    }

    [Fact]
    public void Without_a_file_packets_of_evicted_flows_are_counted()
    {
        using var flows = new FlowsConsumer(null, new FlowOptions { MaxFlows = 1 }, _context);

        _feed.Give(flows, At(0, IpPackets.Udp("10.0.0.1", 1, "10.0.0.9", 2)), At(0, IpPackets.Udp("10.0.0.9", 2, "10.0.0.1", 1)), At(0, IpPackets.Udp("10.0.0.2", 1, "10.0.0.9", 2)));
        flows.Complete();

        Assert.Equal(2, Counted("packets-in-unwritten-flows"));
    }

    [Fact]
    public void Without_a_file_packets_of_flows_that_were_there_to_the_end_are_not_counted_however_they_ended()
    {
        using var flows = new FlowsConsumer(null, new FlowOptions(), _context);

        _feed.Give(flows, At(0, IpPackets.Tcp("10.0.0.1", 1, "10.0.0.2", 2, 0x04)), At(0, IpPackets.Udp("10.0.0.1", 1, "10.0.0.2", 2)));
        flows.Complete();

        Assert.Equal((2, 0), (Counted("flows-ended"), Counted("packets-in-unwritten-flows")));
    }

    [Fact]
    public void A_report_shows_the_flows_so_far_and_changes_nothing()
    {
        using var flows = new FlowsConsumer(null, new FlowOptions(), _context);
        _feed.Give(flows, At(0, IpPackets.Udp("10.0.0.1", 1, "10.0.0.2", 2)));
        var first = flows.TakeReport(10);
        _feed.Give(flows, At(0, IpPackets.Udp("10.0.0.2", 2, "10.0.0.1", 1)));

        Assert.Contains(",1,42,0,0,", Text(first));
        Assert.Contains(",1,42,1,42,", Text(flows.TakeReport(10)));
        Assert.Equal((1, 0), (Counted("flows"), Counted("flows-ended")));
    }

    [Fact]
    public void A_report_has_as_many_flows_as_were_asked_for_the_latest_first()
    {
        using var flows = new FlowsConsumer(null, new FlowOptions(), _context);
        _feed.Give(flows, [.. Enumerable.Range(1, 5).Select(i => At(i, IpPackets.Udp($"10.0.0.{i}", 1, "10.0.0.9", 2)))]);

        var report = flows.TakeReport(2);

        Assert.Equal((2, 5), (report.Entries, report.Total));
        Assert.Equal(["source", "10.0.0.5", "10.0.0.4"], Text(report).Split("\r\n").SkipLast(1).Select(l => l.Split(',')[2]));
    }

    [Fact]
    public void A_full_disk_is_an_output_error()
    {
        using var flows = new FlowsConsumer("/dev/full", new FlowOptions(), _context);
        _feed.Give(flows, At(0, IpPackets.Udp("10.0.0.1", 1, "10.0.0.2", 2)));

        Assert.Contains("/dev/full", Assert.Throws<OutputException>(flows.Complete).Message);
    }

    [Fact]
    public void A_file_that_cannot_be_made_is_known_at_once() =>
        Assert.Throws<OutputException>(() => new FlowsConsumer(_folder["absent/flows.csv"], new FlowOptions(), _context));

    [Theory]
    [InlineData("/a/flows.csv", 0, 1, "/a/flows.csv")]
    [InlineData("/a/flows.csv", 1, 2, "/a/flows-1.csv")]
    [InlineData("flows", 0, 2, "flows-0")]
    public void Several_instances_write_a_file_each(string path, int instance, int instances, string expected) =>
        Assert.Equal(expected, FlowsConsumer.FileOf(path, instance, instances));

    private static SentPacket At(int second, byte[] bytes) => new(bytes, Start + (second * Second));

    private static string Text(ConsumerReport report)
    {
        var text = new StringWriter();
        report.Write(text);
        return text.ToString();
    }

    private long Counted(string name) => _context.Counter(name).Value;

    /// <summary>The lines of the file, but for the first, which is checked here.</summary>
    private string[] Written(FlowOptions options, params SentPacket[] packets)
    {
        using (var flows = new FlowsConsumer(_folder["flows.csv"], options, _context))
        {
            _feed.Give(flows, packets);
            flows.Complete();
        }

        var lines = File.ReadAllText(_folder["flows.csv"]).Split("\r\n");
        Assert.Equal(Encoding.UTF8.GetString(FlowText.Header).TrimEnd(), lines[0]);
        Assert.Equal("", lines[^1]);
        Assert.All(lines[1..^1], l => Assert.Equal(lines[0].Split(',').Length, l.Split(',').Length));
        return lines[1..^1];
    }
}
