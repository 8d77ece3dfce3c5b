using System.Globalization;
using System.Text.RegularExpressions;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers.Flows;

/// <summary>
/// Flows against tshark's conversations, on captures without tunnels and ICMP errors: tshark counts the packets inside of those too.
/// </summary>
public sealed partial class FlowsCorpusTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TheoryThatNeeds(Need.Corpus | Need.Tshark)]
    [InlineData("libtrace__100_packets.pcap", "tcp")]
    [InlineData("ndpi__starcraft_battle.pcap", "tcp")]
    [InlineData("ndpi__starcraft_battle.pcap", "udp")]
    [InlineData("ndpi__iphone.pcap", "udp")]
    [InlineData("pcapplusplus__example.pcap", "tcp")]
    [InlineData("pcapplusplus__example.pcap", "udp")]
    [InlineData("zeek__ipv6-http-atomic-frag.pcap", "tcp")]
    [InlineData("suricata__decode-sll2-02_input.pcap", "tcp")]
    public void Flows_are_tsharks_conversations(string capture, string protocol)
    {
        var rows = Rows(capture).Where(r => r["protocol"] == protocol);

        Same(Conversations(capture, protocol), Sum(rows, "source_port", "destination_port"));
    }

    [TheoryThatNeeds(Need.Corpus | Need.Tshark)]
    [InlineData("ndpi__starcraft_battle.pcap", "ip", "0x0800")]
    [InlineData("ndpi__iphone.pcap", "ip", "0x0800")]
    [InlineData("pcapplusplus__IgmpPackets.pcap", "ip", "0x0800")]
    [InlineData("zeek__ipv6-http-atomic-frag.pcap", "ipv6", "0x86dd")]
    public void Flows_between_two_hosts_add_up_to_tsharks_conversations(string capture, string table, string etherType)
    {
        var rows = Rows(capture).Where(r => r["ether_type"] == etherType);

        Same(Conversations(capture, table), Sum(rows));
    }

    [FactThatNeeds(Need.Corpus)]
    public void Every_packet_of_every_capture_is_in_one_flow() => Assert.All(Corpus.Table("oracle.tsv").Where((_, i) => i % 3 == 0), row =>
    {
        var digest = 0L;
        var flows = Flows(row["file"], new FlowOptions { MaxFlows = 3, IdleTimeout = TimeSpan.FromSeconds(1) }, counted => digest = counted);

        Assert.Equal(digest, flows.Sum(f => Number(f, "packets") + Number(f, "reverse_packets")));
    });

    private List<Dictionary<string, string>> Rows(string capture) => Flows(capture, new FlowOptions(), _ => { });

    private List<Dictionary<string, string>> Flows(string capture, FlowOptions options, Action<long> counted)
    {
        using (var flows = new CountedFlows(new FlowsConsumer(_folder["flows.csv"], options, new HandlerContext("flows"))))
        {
            ReadBack.Through(Corpus.CapturePath(capture), flows);
            counted(flows.Packets);
        }

        var lines = File.ReadAllLines(_folder["flows.csv"]);
        var columns = lines[0].Split(',');
        return [.. lines[1..].Select(l => columns.Zip(l.Split(',')).ToDictionary(c => c.First, c => c.Second))];
    }

    private static long Number(Dictionary<string, string> row, string column) => long.Parse(row[column], CultureInfo.InvariantCulture);

    /// <summary>Packets and bytes by who sends to whom.</summary>
    private static Dictionary<string, (long Packets, string Bytes)> Sum(IEnumerable<Dictionary<string, string>> rows, string? sourcePort = null, string? destinationPort = null)
    {
        var sums = new Dictionary<string, (long Packets, long Bytes)>();
        foreach (var row in rows)
        {
            var source = row["source"] + (sourcePort is null ? "" : ":" + row[sourcePort]);
            var destination = row["destination"] + (destinationPort is null ? "" : ":" + row[destinationPort]);
            Add($"{source} > {destination}", Number(row, "packets"), Number(row, "bytes"));
            Add($"{destination} > {source}", Number(row, "reverse_packets"), Number(row, "reverse_bytes"));
        }

        return sums.Where(s => s.Value.Packets > 0).ToDictionary(s => s.Key, s => (s.Value.Packets, Rounded(s.Value.Bytes)));

        void Add(string way, long packets, long bytes)
        {
            var (before, bytesBefore) = sums.GetValueOrDefault(way);
            sums[way] = (before + packets, bytesBefore + bytes);
        }
    }

    private static void Same(Dictionary<string, (long Packets, string Bytes)> expected, Dictionary<string, (long Packets, string Bytes)> actual)
    {
        Assert.NotEmpty(expected);
        Assert.Equal(expected.OrderBy(e => e.Key, StringComparer.Ordinal), actual.OrderBy(a => a.Key, StringComparer.Ordinal));
    }

    /// <summary>tshark gives four digits at least, and leaves the others off.</summary>
    private static string Rounded(long bytes) => bytes switch { < 10_000 => $"{bytes} bytes", < 10_000_000 => $"{bytes / 1000} kB", _ => $"{bytes / 1_000_000} MB" };

    private static Dictionary<string, (long Packets, string Bytes)> Conversations(string capture, string table)
    {
        var ways = new Dictionary<string, (long, string)>();
        var text = Tool.Run("tshark", "-n", "-q", "-z", "conv," + table, "-r", Corpus.CapturePath(capture)).Output;
        foreach (var line in text.Split('\n').Select(l => Conversation().Match(l)).Where(m => m.Success))
        {
            var (a, b) = (line.Groups["a"].Value, line.Groups["b"].Value);
            Add($"{b} > {a}", "back");
            Add($"{a} > {b}", "forth");

            void Add(string way, string direction)
            {
                var packets = long.Parse(line.Groups[direction + "Packets"].Value, CultureInfo.InvariantCulture);
                if (packets > 0) ways.Add(way, (packets, line.Groups[direction + "Bytes"].Value));
            }
        }

        return ways;
    }

    [GeneratedRegex(@"^(?<a>\S+)\s+<->\s+(?<b>\S+)\s+(?<backPackets>\d+) (?<backBytes>\d+ \w+)\s+(?<forthPackets>\d+) (?<forthBytes>\d+ \w+)\s")]
    private static partial Regex Conversation();

    private sealed class CountedFlows(FlowsConsumer flows) : IPacketConsumer
    {
        public long Packets { get; private set; }

        public void Consume(scoped PacketBatch batch)
        {
            Packets += batch.Count;
            flows.Consume(batch);
        }

        public void Flush() => flows.Flush();

        public void Complete() => flows.Complete();

        public void Dispose() => flows.Dispose();
    }
}
