using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

/// <summary>What terms mean, by examples worked out by hand; that compiled rules mean the same is <see cref="EngineEqualityTests"/>' matter.</summary>
public class TermTests
{
    // Ethernet, IPv4 with an option (IHL 6), UDP from port 4096 to port 53, then two bytes.
    private const string Dns = "ffffffffffff 020000000001 0800  46000022 00010000 40110000 0a000001 c0a80002 01010101  1000 0035 000a 0000 abcd";

    // Ethernet, a VLAN tag, IPv6, a fragment header of a first fragment, TCP with port 443 as source.
    private const string Tagged = "ffffffffffff 020000000001 81000064 86dd  60000000 001c2c40 00000000000000000000000000000001 00000000000000000000000000000002  0600 0000 00000000  01bb 8000 00000000 00000000 5002 0000 0000 0000";

    [Theory]
    [InlineData("12:ffff:0800", true)]
    [InlineData("12:ffff:0806", false)]
    [InlineData("13:ff:00", true)]
    [InlineData("12:ffffffff:08004600", true)]
    [InlineData("12:ffffffffffff:080046000022", true)]
    [InlineData("12:ffffffffffffffff:0800460000220001", true)]
    [InlineData("0:ffffffffffff:ffffffffffff", true)]
    [InlineData("12:f000:0000", true)]
    [InlineData("12:00ff:0800", false)]
    [InlineData("12:ffff:0800 20:1fff:0000 23:ff:11 [14:0f<<2]+16:ffff:0035", true)]
    [InlineData("[14:0f<<2]+14:ffff:1000", true)]
    [InlineData("[15:ff]+12:ffff:0800", true)]
    [InlineData("[14:f0>>4]+8:ffff:0800", true)]
    [InlineData("l3+9:ff:11", true)]
    [InlineData("l3[0:0f<<2]+2:ffff:0035", true)]
    [InlineData("l4+2:ffff:0035", true)]
    [InlineData("l4+8:ffff:abcd", true)]
    [InlineData("l4+9:ffff:cd00", false)]
    [InlineData("45:ff:cd", false)]
    [InlineData("47:ff:cd", true)]
    [InlineData("47:00:00", true)]
    [InlineData("48:00:00", false)]
    [InlineData("41:0000000000000000:0", false)]
    [InlineData("2147483647:ff:00", false)]
    [InlineData("[0:ffffffffffff<<63]+2147483647:00:00", false)]
    [InlineData("[0:ffffffff<<33]+0:00:00", false)]
    [InlineData("[0:ffffffffffffffff>>63][0:ffff>>15]+2:ff:ff", true)]
    public void A_term_reads_an_untagged_packet(string terms, bool matches) => AssertVerdict(terms, Dns, matches);

    [Theory]
    [InlineData("l3+6:ff:2c", true)]
    [InlineData("l4+0:ffff:01bb", true)]
    [InlineData("l4[12:f0>>2]+0:00:00", false)]
    public void Named_bases_look_behind_tags_and_extension_headers(string terms, bool matches) => AssertVerdict(terms, Tagged, matches);

    [Theory]
    [InlineData("l3+0:00:00", false)]
    [InlineData("l4+0:00:00", false)]
    [InlineData("0:ff:ff", true)]
    public void A_term_on_an_absent_base_does_not_match(string terms, bool matches) => AssertVerdict(terms, Dns, matches, (LinkType)147);

    [Fact]
    public void Nothing_matches_a_packet_of_no_bytes() => AssertVerdict("0:00:00", "", false);

    private static void AssertVerdict(string terms, string packet, bool matches, LinkType linkType = LinkType.Ethernet)
    {
        foreach (var engine in Enum.GetValues<MarkEngine>())
        {
            using var test = new TestBundle(linkType, Convert.FromHexString(packet.Replace(" ", "")));
            var counters = new RuleCounters(1);
            MarkTable.Compile(RuleSet.Empty with { Rules = [RuleText.Terms(terms)] }, engine).Classify(test.Bundle, counters);
            Assert.Equal(matches ? 1 : 0, counters.Of(1).Packets);
        }
    }
}
