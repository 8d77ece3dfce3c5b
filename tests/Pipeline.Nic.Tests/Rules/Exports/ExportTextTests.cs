using System.Text.RegularExpressions;
using Pipeline.Nic.Rules.Exports;
using Xunit;

namespace Pipeline.Nic.Tests.Rules.Exports;

public partial class ExportTextTests
{
    private const string U32 = "tc filter add dev eth0 ingress pref 1011 protocol all";
    private const string TypeAndHeader = "match u32 0x00000800 0x0000ffff at -4 match u32";

    [Theory]
    [InlineData("12:ffff:0800 mark 5", "u32 match u32 0x00000800 0x0000ffff at -4 flowid 706c: action skbedit mark 0x5 pass")]
    [InlineData("0:ffffffffffff:010203040506 mark 1", "u32 match u32 0x00000102 0x0000ffff at -16 match u32 0x03040506 0xffffffff at -12 flowid 706c: action skbedit mark 0x1 pass")]
    [InlineData("l3+12:ffffffff:0a000001 mark 0x11/0xf0 continue", "u32 match u32 0x0a000001 0xffffffff at 12 flowid 706c: action skbedit mark 0x10/0xf0 continue")]
    [InlineData("l3+0:f0:60 l3+6:ff:11 l4+2:ffff:0035 mark 1", "u32 match u32 0x000086dd 0x0000ffff at -4 match u32 0x60000000 0xf0000000 at 0 match u32 0x00001100 0x0000ff00 at 4 match u32 0x00000035 0x0000ffff at 40 flowid 706c: action skbedit mark 0x1 pass")]
    public void A_rule_without_steps_is_one_u32_filter(string rule, string filter) => Assert.Equal([$"{U32} {filter}"], Commands(rule, ExportTarget.TcU32));

    [Fact]
    public void A_step_leads_into_a_table() =>
        Assert.Equal(
            [
                $"{U32} handle 1: u32 divisor 1",
                $"{U32} u32 ht 1: match u32 0x00000035 0x0000ffff at 0 flowid 706c: action skbedit mark 0x1 pass",
                $"{U32} u32 {TypeAndHeader} 0x00000000 0x00000000 at 0 link 1: offset at 0 mask 0x0f00 shift 6 eat",
            ],
            Commands("12:ffff:0800 [14:0f<<2]+16:ffff:0035 mark 1", ExportTarget.TcU32));

    [Fact]
    public void An_IPv4_header_has_at_least_five_words() =>
        Assert.Equal(
            ["0x45000000 0xff000000", "0x46000000 0xfe000000", "0x48000000 0xf8000000"],
            Commands("12:ffff:0800 l4+0:ffff:0035 mark 1", ExportTarget.TcU32).Skip(2).Select(c => HeaderWord().Match(c).Groups[1].Value));

    [Theory]
    [InlineData("l4+0:ff:1", "with l4 a term has to say which IP it is, such as l3+0:f0:40")]
    [InlineData("l3+0:f0:60 l4+0:ff:1", "behind IPv6, l4 needs a term for the next header, such as l3+6:ff:11")]
    [InlineData("l3+0:f0:60 l3+6:ff:2c l4+0:ff:1", "u32 cannot follow extension headers of IPv6")]
    [InlineData("[14:0f]+0:ff:1", "a step may lead to an offset that is no multiple of 4")]
    [InlineData("[15:0f<<2]+0:ff:1", "a step shifts to the left, u32 only to the right")]
    [InlineData("[14:00ffff00]+0:ff:1", "a step takes bits from more than two bytes at an even offset")]
    [InlineData("[14:0f<<2]+0:ff:1 [26:f0>>2]+0:ff:1", "its terms move the base in different ways, which u32 cannot do at once")]
    public void What_u32_cannot_say_is_refused(string terms, string reason) => Assert.Equal(reason, Refusal($"match {terms}", ExportTarget.TcU32));

    [Theory]
    [InlineData("0:ff:1 0:ff:2")]
    [InlineData("12:ffff:0806 l4+0:ff:1")]
    [InlineData("12:ffff:0800 14:0f:04 l4+0:ff:1")]
    [InlineData("12:00ff:0800")]
    [InlineData("2147483647:ff:1")]
    public void What_never_matches_needs_no_filter(string terms) => Assert.Empty(Commands($"{terms} mark 1", ExportTarget.TcU32));

    [Fact]
    public void Where_whole_words_differ_it_is_said() =>
        Assert.Contains("# u32 reads whole words of 4 bytes: packets of 25 to 25 bytes do not match\n", Of("rule a match 24:ff:1 mark 1", ExportTarget.TcU32).Text);

    [Theory]
    [InlineData("12:ffff:88cc mark 3", "ether proto 0x88cc action 3")]
    [InlineData("0:ffffff000000:010203000000 mark 3", "ether dst 01:02:03:00:00:00 m 00:00:00:ff:ff:ff action 3")]
    [InlineData("12:ffff:0800 30:ffffff00:0a000100 mark 5", "ip4 dst-ip 10.0.1.0 m 0.0.0.255 action 5")]
    [InlineData("12:ffff:0800 14:f0:40 15:fc:b8 23:ff:06 mark 5", "ip4 tos 0xb8 m 0x03 l4proto 0x06 action 5")]
    [InlineData("l3+0:f0:40 l3+9:ff:11 l4+2:ffff:0035 mark 6", "udp4 dst-port 0x0035 action 6")]
    [InlineData("12:ffff:0800 20:1fff:0 23:ff:06 [14:0f<<2]+14:ffff:01bb mark 6", "tcp4 src-port 0x01bb action 6")]
    [InlineData("12:ffff:86dd l3+8:ffffffffffffffff:20010db800000000 mark 7", "ip6 src-ip 2001:db8:: m ::ffff:ffff:ffff:ffff action 7")]
    [InlineData("12:ffff:86dd l3+6:ff:06 l4+2:ffff:0050 mark 7", "tcp6 dst-port 0x0050 action 7")]
    public void A_rule_that_is_a_flow_is_ethtools(string rule, string flow)
    {
        var command = Assert.Single(Commands(rule, ExportTarget.Ethtool));
        Assert.Equal($"ethtool -N eth0 flow-type {flow} loc 0", command);
        Assert.Null(EthtoolGrammar.FaultOf(command));
    }

    [Theory]
    [InlineData("match l3+9:ff:11", "a flow of IP needs the Ethernet type, 12:ffff:0800 or 12:ffff:86dd")]
    [InlineData("match 12:ffff:0800 22:ff:40", "no field of its flow is byte 22 of the packet, or those bits of it")]
    [InlineData("match 12:ffff:0800 14:ff:45", "no field of its flow is byte 14 of the packet, or those bits of it")]
    [InlineData("match 12:ffff:0800 60:00:00", "it asks whether bytes are there, whatever they are")]
    [InlineData("match 12:ffff:0800 23:ff:11 [14:0f<<2]+16:ffff:0035", "flows with ports have no later fragments in them; add 20:1fff:0000")]
    [InlineData("match l3+0:f0:40 l4+2:ffff:0035", "flows with ports are TCP, UDP or SCTP, and the rule has to say which")]
    [InlineData("match l3+0:f0:40 l3+9:ff:06 l4[12:f0>>2]+0:ff:16", "its base is moved by something else than the length of the IPv4 header")]
    [InlineData("filter \"tcp\"", "a NIC has no words for a pcap-filter")]
    public void What_is_no_flow_is_refused(string condition, string reason) => Assert.Equal(reason, Refusal(condition, ExportTarget.Ethtool));

    [Theory]
    [InlineData("mark 1 continue", "a NIC's filter ends the search; it has no continue")]
    [InlineData("mark 0", "a mark of 0 is none, and names no queue")]
    [InlineData("mark 0x12345", "the mark 0x12345 is no number of a queue")]
    public void A_mark_that_is_no_queue_is_refused(string mark, string reason) =>
        Assert.Contains($"# not exported: {reason}\n", Of($"rule a match 12:ffff:0800 {mark}", ExportTarget.Ethtool).Text);

    [Fact]
    public void A_refused_rule_is_told_where_it_stands()
    {
        var refused = Assert.Single(Of("\nrule web filter \"tcp port 80\" mark 1", ExportTarget.TcU32).Refused);
        Assert.StartsWith("test.rules:2:1: warning: rule 'web' is not exported: u32 has no words for a pcap-filter; cbpf has", refused.ToString());
    }

    [Theory]
    [InlineData(ExportTarget.TcU32, "sch_ingress (clsact), cls_u32, act_skbedit")]
    [InlineData(ExportTarget.Cbpf, "sch_ingress (clsact), cls_bpf, act_skbedit")]
    [InlineData(ExportTarget.Ethtool, "none but the NIC's driver")]
    public void The_modules_that_the_commands_need_are_named(ExportTarget target, string modules) =>
        Assert.Contains($"# Kernel modules: {modules}", Of("rule a match 12:ffff:0800 mark 1", target).Text);

    [Fact]
    public void A_program_is_numbers_on_one_line() =>
        Assert.Equal(
            ["tc filter add dev eth0 ingress pref 1010 protocol all bpf bytecode '6,128 0 0 0,53 0 3 14,40 0 0 12,21 0 1 2048,6 0 0 262144,6 0 0 0' flowid 706c: action skbedit mark 0x5 pass"],
            Commands("12:ffff:0800 mark 5", ExportTarget.Cbpf).Where(c => c.StartsWith("tc")));

    [Fact]
    public void A_filter_cannot_break_out_of_its_comment() =>
        Assert.All(Of("rule a filter \"tcp\rreboot\" mark 1", ExportTarget.TcU32).Text.Split('\n'), line => Assert.DoesNotContain('\r', line));

    [Theory]
    [InlineData("eth0", true)]
    [InlineData("eth0.100@x", true)]
    [InlineData("", false)]
    [InlineData("-x", false)]
    [InlineData("a;b", false)]
    [InlineData("sixteencharacter", false)]
    public void An_interfaces_name_means_nothing_to_a_shell(string name, bool isOne) => Assert.Equal(isOne, RuleExport.IsInterfaceName(name));

    private static RuleExport Of(string rules, ExportTarget target) => RuleExport.Of(RuleText.Valid(rules), target, "eth0");

    private static string Refusal(string condition, ExportTarget target) =>
        Assert.Single(Of($"rule a {condition} mark 1", target).Refused).Message["rule 'a' is not exported: ".Length..];

    /// <summary>The commands of one rule, without those before the first.</summary>
    private static List<string> Commands(string rule, ExportTarget target)
    {
        var text = Of($"rule a match {rule}", target).Text;
        return [.. text[text.IndexOf("# rule a", StringComparison.Ordinal)..].Split('\n').Where(l => l.Length > 0 && l[0] != '#')];
    }

    [GeneratedRegex(@"match u32 (\S+ \S+) at 0 ")]
    private static partial Regex HeaderWord();
}
