using System.Net;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Guards;
using Xunit;
using static Pipeline.Nic.Tests.Rules.Guards.GuardPackets;

namespace Pipeline.Nic.Tests.Rules.Guards;

public class KeepOutGuardsTests
{
    private const string Arp = "0001 0800 0604 0001 020000000002 0a000001 000000000000 0a000002";

    public static TheoryData<string, string> Packets { get; } = new()
    {
        { "arp", "0806" + Arp },
        { "arp", "8100 0005 0806" + Arp },
        { "arp", "88a8 0005 8100 0006 0806" + Arp },
        { "", "0806 0001 0800 08" },
        { "nd", "86dd" + V6(58, "8700 0000 00000000") },
        { "nd", "8100 0005 86dd" + V6(58, "8500 0000 00000000") },
        { "nd", "86dd" + V6(0, "3a00 0000 00000000 8600 0000") },
        { "", "86dd" + V6(51, "5904 0000 00000000 00000000 00000000 00000000 00000000 0301 0000") },
        { "", "86dd" + V6(58, "8a00 0000 00000000") },
        { "", "86dd" + V6(58, "8000 0000 00000000") },
        { "icmp-errors", "0800" + V4(1, "0304 0000 00000000") },
        { "icmp-errors", "0800" + V4(1, "0b00 0000", options: "94040000") },
        { "icmp-errors", "86dd" + V6(58, "0200 0000 00000500") },
        { "icmp-errors", "86dd" + V6(44, "3a00 0001 00000007 0100 0000") },
        { "", "0800" + V4(1, "0800 0000 00000000") },
        { "", "86dd" + V6(1, "0300 0000 00000500") },
        { "dhcp", "0800" + V4(17, To(67)) },
        { "dhcp", "0800" + V4(17, To(68)) },
        { "dhcp", "86dd" + V6(17, To(547)) },
        { "dhcp", "0800" + V4(17, To(546)) },
        { "", "0800" + V4(6, To(67)) },
        { "l2-control", "8809 0101" },
        { "l2-control", "88cc 0207" },
        { "l2-control", "888e 0100" },
        { "ssh", "0800" + V4(6, To(22)) },
        { "ssh", "8100 0005 0800" + V4(6, To(2222)) },
        { "ssh", "86dd" + V6(6, To(22)) },
        { "ssh", "86dd" + V6(60, "0600 0000 00000000" + To(22)) },
        { "", "0800" + V4(17, To(22)) },
        { "", "0800" + V4(6, "0016 c000 0000 0000") },
        { "cluster", "0800" + V4(6, To(4053)) },
        { "cluster", "0800" + V4(6, From(4053)) },
        { "cluster", "86dd" + V6(6, From(4053)) },
        { "cluster", "0800" + V4(6, To(4054)) },
        { "", "0800" + V4(6, From(4054)) },
        { "cluster", "0800" + V4(6, From(4055)) },
        { "", "0800" + V4(6, To(4055)) },
        { "cluster", "86dd" + V6(6, From(4056)) },
        { "", "86dd" + V6(6, To(4056)) },
        { "", "0800" + V4(6, From(4056)) },
        { "dashboard", "86dd" + V6(6, To(8480)) },
        { "dashboard", "0800" + V4(6, From(8480)) },
        { "", "0800" + V4(6, To(8481)) },
        { "", "0800" + V4(6, To(80)) },
    };

    /// <summary>Chains of IPv6 headers, and fragments other than the first.</summary>
    public static TheoryData<string, string> Chains { get; } = new()
    {
        { "nd", "86dd" + V6(0, Extension(60) + Extension(43) + Extension(58) + "8800 0000") },
        { "nd", "86dd" + V6(0, Chain(7) + Extension(58) + "8800 0000") },
        { "", "86dd" + V6(0, Chain(8) + Extension(58) + "8800 0000") },
        { "ssh", "86dd" + V6(60, Extension(51) + "0604 0000 00000000 00000000 00000000 00000000 00000000" + To(22)) },
        { "dhcp", "86dd" + V6(0, Extension(60) + "1101 0000 00000000 00000000 00000000" + To(546)) },
        { "", "86dd" + V6(135, Extension(6) + To(22)) },
        { "", "86dd" + V6(0, Extension(135) + Extension(6) + To(22)) },
        { "icmp-errors", "0800" + V4(1, "0800 0000 00000000", fragment: 0x00b9) },
        { "icmp-errors", "0800" + V4(1, "0800", options: "94040000", fragment: 0x20b9) },
        { "icmp-errors", "86dd" + V6(44, LaterV6(58)) },
        { "icmp-errors", "86dd" + V6(0, Extension(44) + LaterV6(58)) },
        { "icmp-errors", "86dd" + V6(44, LaterV6(60)) },
        { "", "86dd" + V6(44, LaterV6(51)) },
        { "ssh cluster dashboard", "0800" + V4(6, To(80), fragment: 0x00b9) },
        { "ssh cluster dashboard", "86dd" + V6(0, Extension(44) + LaterV6(6)) },
        { "", "0800" + V4(17, To(67), fragment: 0x00b9) },
        { "dhcp", ("0800" + V4(17, To(80), fragment: 0x00b9)).Replace("0a000002", "ffffffff") },
        { "dhcp", "86dd" + V6(44, LaterV6(17)) },
        { "", ("86dd" + V6(44, LaterV6(17))).Replace("fe80", "2001") },
        { "", "0800 45000064 000000b9 40060000 0a000001 0a0000" },
    };

    [Theory]
    [MemberData(nameof(Packets))]
    [MemberData(nameof(Chains))]
    public void A_guard_matches_what_the_machine_needs_and_no_other(string guard, string behindAddresses) =>
        Assert.Equal(guard, Found(Ethernet(behindAddresses)));

    [Fact]
    public void Whatever_is_sent_to_an_address_that_bridges_keep_is_link_control()
    {
        var spanningTree = Ethernet("0026 424203");
        Convert.FromHexString("0180c200000e").CopyTo(spanningTree, 0);
        Assert.Equal("l2-control", Found(spanningTree));
        spanningTree[5] = 0x10;
        Assert.Equal("", Found(spanningTree));
    }

    [Fact]
    public void Behind_another_link_header_an_address_is_not_taken_for_an_ethernet_type()
    {
        // The source is 136.204.0.1, and 0x88cc would be LLDP.
        var packet = Convert.FromHexString("450000140000000040060000" + "88cc0001" + "0a000002" + "c0000016000000000000");
        Assert.Equal("ssh", Found(packet, LinkType.RawIp));
    }

    [Fact]
    public void A_guard_of_ports_is_there_when_it_has_a_port() =>
        Assert.Equal(["arp", "nd", "icmp-errors", "dhcp", "l2-control", "cluster"], KeepOutGuards.All(new GuardPorts { Cluster = [new(IPAddress.Any, 4053)], Dashboard = [new(IPAddress.IPv6Loopback, 8480)] }).Select(g => g.Name));

    [Fact]
    public void Every_guard_can_be_lifted_by_its_name()
    {
        var all = KeepOutGuards.All(Ports with { Own = new OwnReplies([]) });
        Assert.Equal(KeepOutGuards.Names, all.Select(g => g.Name));
        var lifted = RuleText.Valid("keep-out off ssh\nkeep-out off nd");
        Assert.Equal(KeepOutGuards.Names.Except(["nd", "ssh"]), KeepOutGuards.InForce(all, lifted).Select(g => g.Name));
        Assert.Same(all, KeepOutGuards.InForce(all, RuleSet.Empty));
    }

    [Fact]
    public void Rules_cannot_count_from_where_only_guards_do() =>
        Assert.Contains("unknown address 'proto'", RuleText.Faults("rule a match proto+0:ff:06 mark 1"));

    [Fact]
    public void No_condition_contradicts_itself() =>
        Assert.All(KeepOutGuards.All(Ports).SelectMany(g => g.Conditions), c => Assert.True(c.Terms.All(t => t.CanMatch), c.ToString()));

    private static string Chain(int headers) => string.Concat(Enumerable.Repeat(Extension(60), headers));
}
