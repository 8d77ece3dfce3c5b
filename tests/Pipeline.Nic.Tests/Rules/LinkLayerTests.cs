using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Cbpf;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

/// <summary>A filter says of a packet out of a capture what tcpdump says of it, whatever the link type and whoever captured.</summary>
public sealed class LinkLayerTests : IDisposable
{
    /// <summary>Link types are numbers up to here and some beyond; libpcap 1.10 knows some two hundred of them.</summary>
    private const int Numbers = 400;

    private const string V4 = LoopbackCapture.V4;
    private const string V6 = LoopbackCapture.V6;
    private const string V4Broadcast = "45000024000100004011000000000000ffffffff00440043001000007878787878787878";

    private static readonly string[] Expressions =
    [
        "ip", "ip6", "arp", "tcp port 80", "udp port 53", "port 53", "host 10.0.0.1", "host 2001:db8::1", "net 10", "src net 2001:db8::/32", "ip broadcast",
        "ether broadcast", "broadcast", "multicast", "ip multicast", "ip6 multicast", "vlan", "vlan 5 and ip", "mpls", "inbound", "outbound", "ifindex 1",
        "link[0:4] = 2", "link[0] = 0", "ip[9] = 17", "ip6[6] = 17", "udp[0:2] = 1000", "len > 40", "less 60", "llc", "pppoes", "geneve", "proto 17",
        "ip proto 17", "ip6 proto 17", "stp", "iso", "atalk", "rarp", "decnet src 1", "ether proto 0x800", "ether host 2:0:0:0:0:1", "wlan type mgt", "type mgt", "dir 1",
        "on eth0", "action pass", "rnr 5", "vpi 1", "oam", "sio 1", "not ip", "ip or ip6", "udp and not port 53", "ip protochain 17", "portrange 50-60",
    ];

    /// <summary>What stands before IP in captures of some kinds, BSD loopback of every system in both byte orders among them.</summary>
    private static readonly string[] Headers =
    [
        "", "00000002", "02000000", "00000018", "18000000", "0000001c", "1c000000", "0000001e", "1e000000", "0000000a", "0a000000",
        "02000000000202000000000108" + "00", "02000000000202000000000186dd", "0200000000020200000000018100000508" + "00", "ffffffffffff02000000000108" + "00",
        "00000001000602000000000100000800", "0800000000000001000100060200000000010000", "ff030021", "ff030057", "02000000000000000000000001000000", "aaaa030000000800",
        "0000080020000000" + "0800000002000000000202000000000102000000000300000000" + "aaaa030000000800",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [FactThatNeeds(Need.Libpcap)]
    public void Every_filter_says_of_every_link_type_what_libpcap_says_of_a_capture()
    {
        var filters = Expressions.ToDictionary(e => e, e => PacketFilter.Create(e, FilterEngine.Interpreter));
        var rules = MarkTable.Compile(RuleText.Valid(string.Concat(Expressions.Select((e, i) => $"rule r{i} filter \"{e}\" mark 1 continue\n"))));
        List<string> differences = [];
        var known = 0;
        foreach (var (linkType, bigEndian) in Enumerable.Range(0, Numbers).SelectMany(l => new[] { (l, false), (l, true) }))
        {
            if (FilterCompiler.RefusalOf((LinkType)linkType) is null) known++;
            Compare(linkType, bigEndian, filters, rules, differences);
        }

        Assert.True(differences.Count == 0, $"{differences.Count} differences:\n{string.Join('\n', differences.Take(40))}");
        Assert.InRange(known, 300, 2 * Numbers);
        Assert.InRange(rules.Compilations, 1, 6);
    }

    [TheoryThatNeeds(Need.Libpcap)]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(108, true)]
    [InlineData(108, false)]
    [InlineData(109, true)]
    [InlineData(109, false)]
    public void The_address_family_of_BSD_loopback_is_that_of_the_system_that_captured(int linkType, bool bigEndian)
    {
        // NetBSD and OpenBSD, FreeBSD, macOS. Link type 108 has it in network byte order always; enc has 8 more bytes.
        var isBig = bigEndian || linkType == 108;
        string Header(byte family) => (isBig ? $"000000{family:x2}" : $"{family:x2}000000") + (linkType == 109 ? "0000000000000000" : "");
        byte[][] packets = [Of(2, V4), Of(24, V6), Of(28, V6), Of(30, V6), Of(2, V4)];
        var nic = new NicInterface(0, "lo0", (LinkType)linkType, 0) { IsBigEndian = bigEndian };

        Assert.Equal("10001", Selected("ip", nic, packets));
        Assert.Equal("01110", Selected("ip6", nic, packets));
        Assert.Equal("11111", Selected("udp port 53", nic, packets));
        Assert.Equal("01110", Selected("host 2001:db8::1", nic, packets));

        byte[] Of(byte family, string network) => Convert.FromHexString(Header(family) + network);
    }

    [FactThatNeeds(Need.Libpcap)]
    public void Sections_of_a_pcapng_file_are_filtered_in_the_byte_order_of_each()
    {
        byte[] little = Convert.FromHexString("1e000000" + V6), big = Convert.FromHexString("0000001e" + V6);
        File.WriteAllBytes(_folder["two.pcapng"],
        [
            .. new CaptureBytes().Section().Interface(0).Enhanced(0, 1, little).Enhanced(0, 2, big).ToArray(),
            .. new CaptureBytes(bigEndian: true).Section().Interface(0).Enhanced(0, 3, little).Enhanced(0, 4, big).ToArray(),
        ]);
        var filter = PacketFilter.Create("ip6 and udp port 53");
        List<bool> selected = [];

        CapturePackets.VisitFile(_folder["two.pcapng"], (bundle, _) =>
        {
            filter.Select(bundle);
            foreach (ref readonly var packet in bundle.Packets) selected.Add(packet.Has(PacketFlags.Selected));
        });

        Assert.Equal([true, false, false, true], selected);
    }

    [FactThatNeeds(Need.Libpcap)]
    public void Of_a_capture_nobody_knows_the_network_so_that_broadcast_is_both_constants()
    {
        var nic = new NicInterface(0, "eth0", LinkType.Ethernet, 0);
        byte[] Of(string network) => Convert.FromHexString("ffffffffffff0200000000010800" + network);

        Assert.Equal("01", Selected("ip broadcast", nic, Of(V4), Of(V4Broadcast)));
    }

    [FactThatNeeds(Need.Libpcap)]
    public void Bytes_that_only_the_kernel_has_are_in_no_packet()
    {
        // SKF_AD_OFF + SKF_AD_PKTTYPE, linux/filter.h.
        const string packetType = "link[4294963204] = 0";
        var nic = new NicInterface(0, "eth0", LinkType.Ethernet, 0);

        Assert.Equal("0", Selected(packetType, nic, new byte[60]));
        Assert.DoesNotContain(FilterCompiler.Compile(packetType, LinkType.Ethernet).Instructions.ToArray(), i => i.LoadBytes > 0);
    }

    [FactThatNeeds(Need.Libpcap)]
    public void An_order_of_bytes_that_no_filter_sees_is_no_other_link_layer()
    {
        Assert.Equal(new LinkLayer(LinkType.Ethernet, true), new LinkLayer(LinkType.Ethernet, false));
        Assert.NotEqual(new LinkLayer(LinkType.Null, true), new LinkLayer(LinkType.Null, false));
        Assert.NotEqual(new LinkLayer((LinkType)109, true), new LinkLayer((LinkType)109, false));
        Assert.Equal(new LinkLayer(LinkType.Loop, true), new LinkLayer(LinkType.Loop, false));
    }

    private void Compare(int linkType, bool bigEndian, Dictionary<string, PacketFilter> filters, MarkTable rules, List<string> differences)
    {
        // 14 is raw IP here, as in Wireshark, where libpcap refuses a capture that says so.
        var capture = new CaptureBytes(bigEndian).PcapHeader(linkType: (uint)LinkTypeAliases.Resolve((LinkType)linkType));
        foreach (var header in Headers)
        {
            foreach (var network in (string[])[V4, V4Broadcast, V6]) capture.PcapRecord(1, 0, Convert.FromHexString(header + network));
        }

        File.WriteAllBytes(_folder["x.pcap"], capture.ToArray());
        using var libpcap = new LibpcapSavefile(_folder["x.pcap"]);
        var nic = new NicInterface(0, "x", (LinkType)linkType, 0) { IsBigEndian = bigEndian };
        using var test = new TestBundle(nic, [.. libpcap.Packets]);
        var counters = rules.NewCounters();
        rules.Classify(test.Bundle, counters);
        for (var i = 0; i < Expressions.Length; i++)
        {
            var expected = libpcap.Verdicts(Expressions[i]);
            var actual = filters[Expressions[i]].Prepare(nic.Link) ?? Selected(filters[Expressions[i]], test);
            if (actual != expected) differences.Add($"link type {linkType}, big-endian {bigEndian}, '{Expressions[i]}': {actual}, not {expected}");
            var matching = expected.All(c => c is '0' or '1') ? expected.Count(c => c == '1') : 0;
            if (counters.Of(i + 1).Packets != matching) differences.Add($"link type {linkType}, big-endian {bigEndian}, rule '{Expressions[i]}': {counters.Of(i + 1).Packets}, not {matching}");
        }
    }

    private static string Selected(string expression, NicInterface nic, params byte[][] packets)
    {
        using var test = new TestBundle(nic, packets);
        return Selected(PacketFilter.Create(expression), test);
    }

    private static string Selected(PacketFilter filter, TestBundle test)
    {
        filter.Select(test.Bundle);
        return string.Concat(test.Bundle.Packets.ToArray().Select(p => p.Has(PacketFlags.Selected) ? '1' : '0'));
    }
}
