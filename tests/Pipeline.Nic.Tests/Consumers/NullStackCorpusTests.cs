using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;
using Xunit;
using static Pipeline.Nic.Consumers.NullStackCount;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>
/// Bad checksums counted against tshark's, on captures without tunnels and ICMP errors: tshark counts the packets inside of those too.
/// </summary>
public class NullStackCorpusTests
{
    private static readonly string[] Columns = ["ip.checksum.status", "tcp.checksum.status", "udp.checksum.status", "icmp.checksum.status", "icmpv6.checksum.status"];

    [TheoryThatNeeds(Need.Corpus | Need.Tshark)]
    [InlineData("libtrace__100_packets.pcap")]
    [InlineData("snabb__sanitized4k.pcap")]
    [InlineData("pcapplusplus__IgmpPackets.pcap")]
    [InlineData("pcapplusplus__Sll2Packet.pcap")]
    [InlineData("ndpi__dns_fragmented.pcap")]
    [InlineData("zeek__ipv6-http-atomic-frag.pcap")]
    [InlineData("conv__merged-4-linktypes.pcapng")]
    public void Bad_checksums_are_those_that_tshark_finds(string capture)
    {
        var stack = Parsed(capture, new PacketAccount("stack", AccountKind.Stack));

        long[] counted = [stack[BadIPv4Checksum], stack[BadTcpChecksum], stack[BadUdpChecksum], stack[BadIcmpChecksum]];

        Assert.NotEqual(0, counted.Sum());
        Assert.Equal(BadByTshark(capture), counted);
    }

    [FactThatNeeds(Need.Corpus)]
    public void Every_packet_of_every_capture_is_of_one_network() => Assert.All(Corpus.Table("oracle.tsv"), row =>
    {
        var account = new PacketAccount("stack", AccountKind.Stack);

        var stack = Parsed(row["file"], account);

        Assert.Equal(account.DeliveredTally.Packets, stack[IPv4] + stack[IPv6] + stack[Arp] + stack[OtherNetwork]);
    });

    [FactThatNeeds(Need.Corpus)]
    public void The_short_way_counts_what_the_long_way_counts()
    {
        var sound = Corpus.Table("oracle.tsv").Where(row => row["libpcap_status"] == "eof").Select(row => row["file"]).ToList();

        var differing = sound.Where(c => !Counts(c, isShort: true).SequenceEqual(Counts(c, isShort: false)));

        Assert.NotEmpty(sound);
        Assert.Empty(differing);
    }

    private static long[] Counts(string capture, bool isShort)
    {
        var stack = Parsed(capture, new PacketAccount("stack", AccountKind.Stack), isShort);
        return [.. Enum.GetValues<NullStackCount>().Select(c => stack[c])];
    }

    private static NullStackConsumer Parsed(string capture, PacketAccount account, bool isShort = true)
    {
        var stack = new NullStackConsumer { TakesShortWay = isShort };
        var bundles = new BundlePool(64);
        using var nic = CaptureFileNic.Open(Corpus.CapturePath(capture), 1 << 20, 4);
        for (var status = ReceiveStatus.Received; status != ReceiveStatus.End;)
        {
            using var bundle = bundles.Rent(nic.Queues[0].DeviceShare, account, NicInterface.Unknown);
            status = nic.Queues[0].Receive(bundle);
            stack.Consume(new PacketBatch(bundle));
        }

        return stack;
    }

    private static long[] BadByTshark(string capture)
    {
        string[] checks = ["ip.check_checksum:TRUE", "tcp.check_checksum:TRUE", "udp.check_checksum:TRUE", "ip.defragment:FALSE", "ipv6.defragment:FALSE"];
        string[] arguments = ["-n", "-r", Corpus.CapturePath(capture), "-T", "fields", "-E", "occurrence=f", .. checks.SelectMany(c => new[] { "-o", c }),
            .. Columns.SelectMany(c => new[] { "-e", c })];
        var rows = Tool.Run("tshark", arguments).Output.Split('\n').Select(line => line.Split('\t')).Where(row => row.Length == Columns.Length).ToList();
        long Bad(int column) => rows.Count(row => row[column] is "0" or "Bad");
        return [Bad(0), Bad(1), Bad(2), Bad(3) + Bad(4)];
    }
}
