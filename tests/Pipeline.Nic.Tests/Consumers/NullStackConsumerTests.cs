using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Tests.Headers;
using Pipeline.Nic.Tests.Pages;
using Pipeline.TestSupport;
using Xunit;
using static Pipeline.Nic.Consumers.NullStackCount;

namespace Pipeline.Nic.Tests.Consumers;

public sealed class NullStackConsumerTests : IDisposable
{
    // A packet made up here; tshark calls both of its checksums (66cb and d798) good.
    private const string GoodIp = "45000020 00000000 4011 66cb 0a000001 0a000002";
    private const string UdpWithout = "1000 0035 000c 0000 01020304";

    private static readonly NicInterface Raw = new(0, "raw", LinkType.RawIp, 0);
    private readonly OnePacketPages _pages = new();
    private readonly PacketAccount _account;

    public NullStackConsumerTests() => _account = _pages.Ledger.AddAccount("stack", AccountKind.Stack);

    public void Dispose() => _pages.Dispose();

    [Theory]
    [InlineData(GoodIp + UdpWithout, IPv4, Udp, UdpWithoutChecksum)]
    [InlineData(GoodIp + "1000 0035 000c d798 01020304", IPv4, Udp)]
    [InlineData(GoodIp + "1000 0035 000c d799 01020304", IPv4, Udp, BadUdpChecksum)]
    [InlineData(GoodIp + "1000 0035 000c d798 01020304 ffff", IPv4, Udp)]
    [InlineData("45000020 00000000 4011 66ca 0a000001 0a000002" + UdpWithout, IPv4, Udp, BadIPv4Checksum, UdpWithoutChecksum)]
    [InlineData(GoodIp + "1000 0035 000d d798 01020304", IPv4, Udp, Malformed)]
    [InlineData(GoodIp + "1000 0035 0007 d798 01020304", IPv4, Udp, Malformed)]
    [InlineData(GoodIp + "1000 0035 000c d798 0102", IPv4, Udp, Malformed)]
    [InlineData("44000020 00000000 4011 66cb 0a000001 0a000002", IPv4, Malformed)]
    [InlineData("450000", IPv4, Malformed)]
    [InlineData("60000000 000c 3b40 20010db8000000000000000000000001 20010db8000000000000000000000002", IPv6, OtherTransport, Malformed)]
    [InlineData("60000000 000c 1140 20010db8000000000000000000000001 20010db8000000000000000000000002" + UdpWithout, IPv6, Udp, BadUdpChecksum)]
    [InlineData("60000000 0008 2c40 20010db8000000000000000000000001 20010db8000000000000000000000002 1100000100000000", IPv6, Udp, Unverifiable)]
    [InlineData("ff", OtherNetwork)]
    [InlineData("", OtherNetwork)]
    public void A_packet_is_counted_by_what_a_host_would_make_of_it(string packet, params NullStackCount[] expected)
    {
        var stack = new NullStackConsumer();

        Consume(stack, Raw, Bytes.Of(packet));

        Assert.Equal(expected.Order(), Counted(stack));
    }

    [Theory]
    [InlineData(28, IPv4, Udp, Unverifiable)]
    [InlineData(20, IPv4, Udp, Unverifiable)]
    [InlineData(19, IPv4)]
    public void A_packet_cut_by_the_snap_length_is_not_malformed(int captured, params NullStackCount[] expected)
    {
        var stack = new NullStackConsumer();
        using var bundle = _pages.Receive(Raw, _account);
        _pages.Append(bundle, Bytes.Of(GoodIp, "1000 0035 000c d798 01020304").AsSpan(0, captured), wireLength: 32);

        stack.Consume(new PacketBatch(bundle));

        Assert.Equal(expected, Counted(stack));
    }

    [Fact]
    public void Without_verifying_headers_alone_are_looked_at()
    {
        var stack = new NullStackConsumer(verifyChecksums: false);

        Consume(stack, Raw, Bytes.Of(GoodIp, "1000 0035 000c d799 01020304"), Bytes.Of("450000"));

        Assert.Equal([IPv4, Udp, Malformed], Counted(stack));
    }

    [Fact]
    public void What_it_parsed_counts_as_passed()
    {
        Consume(new NullStackConsumer(), Raw, new byte[10], new byte[20]);

        Assert.Equal(new PacketTally(2, 30), _pages.Ledger.Read().Passed);
    }

    [Fact]
    public void The_notes_say_that_nobody_got_the_packets_and_what_they_were()
    {
        var stack = new NullStackConsumer();

        Consume(stack, new NicInterface(0, "eth", LinkType.Ethernet, 0), Bytes.Of(Bytes.Macs, "0806"), Bytes.Of(Bytes.Macs, "0800", GoodIp, UdpWithout));

        Assert.Equal(["null stack: parsed and verified, delivered to nobody", "network: 1 ipv4, 1 arp", "transport: 1 udp", "checksums: 1 udp without"],
            stack.Notes);
    }

    [Fact]
    public void Parsing_allocates_nothing()
    {
        var stack = new NullStackConsumer();
        using var bundle = _pages.Receive(Raw, _account, Bytes.Of(GoodIp, UdpWithout), Bytes.Of(Bytes.IPv6(IpProtocol.Tcp, 20), new string('5', 40)));

        Assert.Equal(0, Allocation.OnceWarm(() =>
        {
            for (var i = 0; i < 100; i++) stack.Consume(new PacketBatch(bundle));
        }));
    }

    private void Consume(NullStackConsumer stack, NicInterface from, params byte[][] packets)
    {
        using var bundle = _pages.Receive(from, _account, packets);
        stack.Consume(new PacketBatch(bundle));
    }

    private static IEnumerable<NullStackCount> Counted(NullStackConsumer stack) => Enum.GetValues<NullStackCount>().Where(c => stack[c] > 0);
}
