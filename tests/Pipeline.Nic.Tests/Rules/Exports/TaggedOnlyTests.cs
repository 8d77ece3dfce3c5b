using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules.Cbpf;
using Pipeline.Nic.Rules.Exports;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules.Exports;

/// <summary>A rule that matches nothing but tagged packets is not exported, and why is said with its name.</summary>
public class TaggedOnlyTests
{
    private const string TagIsOff = "it matches tagged packets only, and Linux takes the tag off before tc sees them";

    [Theory]
    [InlineData("12:ffff:8100", ExportTarget.TcU32, TagIsOff)]
    [InlineData("12:ffff:88a8 14:0fff:0064", ExportTarget.TcU32, TagIsOff)]
    [InlineData("10:ffffffff:00008100", ExportTarget.TcU32, TagIsOff)]
    [InlineData("12:ff:81 13:ff:00", ExportTarget.TcU32, TagIsOff)]
    [InlineData("12:ffff:9100", ExportTarget.TcU32, "it matches tagged packets only, and this export leaves all of them unmarked")]
    [InlineData("12:ffff:8100 16:ffff:0800", ExportTarget.Cbpf, TagIsOff)]
    [InlineData("12:ffff:8100", ExportTarget.Ethtool, "it looks at a VLAN tag, and where a NIC sees one is its driver's affair")]
    [InlineData("12:ffff:9100", ExportTarget.Ethtool, "it looks at a VLAN tag, and where a NIC sees one is its driver's affair")]
    public void Terms_that_name_a_tag_are_refused(string terms, ExportTarget target, string reason)
    {
        var export = RuleExport.Of(RuleText.Valid($"rule first match 12:ffff:0800 mark 1\nrule vlan match {terms} mark 2"), target, "eth0");

        Assert.Equal($"rule 'vlan' is not exported: {reason}", Assert.Single(export.Refused).Message);
        Assert.Contains($"# not exported: {reason}\n", export.Text);
    }

    [Theory]
    [InlineData("12:ffff:8101", ExportTarget.TcU32)]
    [InlineData("12:fff0:8100", ExportTarget.TcU32)]
    [InlineData("l3+0:ffff:8100", ExportTarget.TcU32)]
    [InlineData("12:ffff:9100", ExportTarget.Cbpf)]
    public void Terms_that_also_match_what_has_no_tag_are_exported(string terms, ExportTarget target) =>
        Assert.Empty(RuleExport.Of(RuleText.Valid($"rule a match {terms} mark 2"), target, "eth0").Refused);

    [TheoryThatNeeds(Need.Libpcap)]
    [InlineData("vlan", true)]
    [InlineData("vlan 100 and udp port 53", true)]
    [InlineData("vlan and vlan and ip6", true)]
    [InlineData("tcp and vlan", false)] // libpcap finds that it can never match
    [InlineData("tcp or vlan", false)]
    [InlineData("(udp port 53) or (vlan and udp port 53)", false)]
    [InlineData("not vlan", false)]
    [InlineData("ether[12:2] = 0x8100", true)]
    [InlineData("ether[12:2] = 0x8100 or len > 100", false)]
    [InlineData("ip", false)]
    public void A_filter_is_refused_where_no_untagged_packet_can_match(string filter, bool isRefused)
    {
        var export = RuleExport.Of(RuleText.Valid($"rule a filter \"{filter}\" mark 2"), ExportTarget.Cbpf, "eth0");

        Assert.Equal(isRefused, export.Refused.Any(r => r.Message == $"rule 'a' is not exported: {TagIsOff}"));
    }

    [FactThatNeeds(Need.Libpcap)]
    public void A_program_with_a_loop_is_followed_to_its_end() => Assert.False(TaggedOnly.Is(FilterCompiler.Compile("ip6 protochain 6", LinkType.Ethernet)));
}
