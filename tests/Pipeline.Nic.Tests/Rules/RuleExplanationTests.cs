using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Cbpf;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

public class RuleExplanationTests
{
    [Fact]
    public void Terms_are_said_in_the_words_of_the_headers() => Assert.Equal(
        """
        rule dns
          12:ffff:0800              Ethernet type is IPv4 (0x0800)
          20:1fff:0000              IPv4 fragment offset is 0, behind an untagged Ethernet header
          l3+9:ff:11                IPv4 protocol is UDP (17)
          l3+12:ff000000:0a000000   IPv4 source is in 10.0.0.0/8
          [14:0f<<2]+16:ffff:0035   destination port is 53, behind an untagged Ethernet header
          l4+13:12:02               TCP flags have syn, no ack
          l4[12:f0>>2]+0:ffff:1603  the 2 bytes at the header behind IP, moved by (the byte 12 behind & 0xf0) >> 2, + 0 (TCP payload, byte 0) are 0x1603
          100:00:00                 the byte at 100 is there
          0:0f:10                   never: the value has bits 0x10 outside the mask
          mark becomes (mark & 0xffffff0f) | 0x10, and later rules are tried

        """,
        Explain("rule dns match 12:ffff:0800 20:1fff:0000 l3+9:ff:11 l3+12:ff000000:0a000000 [14:0f<<2]+16:ffff:0035 l4+13:12:02 l4[12:f0>>2]+0:ffff:1603 100:00:0 0:0f:10 mark 0x10/0xf0 continue"));

    [Fact]
    public void Terms_may_stand_without_a_rule() =>
        Assert.Equal("  12:ffff:86dd  Ethernet type is IPv6 (0x86dd)\n", Explain("12:0xffff:0x86dd"));

    [Fact]
    public void The_IL_of_a_rule_is_shown()
    {
        var il = Explain("rule a match 12:ffff:0800 mark 1", ProgramForm.Il);
        Assert.Contains("    // from rule 1: 12:ffff\n", il);
        Assert.Contains("bne.un     next", il);
    }

    [Fact]
    public void Terms_are_shown_as_classic_BPF() =>
        Assert.Contains("(002) ldh      [12]\n(003) jeq      #0x800           jt 4\tjf 5\n", Explain("12:ffff:0800", ProgramForm.Cbpf));

    [FactThatNeeds(Need.Libpcap)]
    public void An_expression_of_the_filter_language_is_shown_as_classic_BPF() => Assert.Equal(
        """
          filter "ip6", for link type 1 (Ethernet)
        (000) ldh      [12]
        (001) jeq      #0x86dd          jt 2	jf 3
        (002) ret      #262144
        (003) ret      #0

        """,
        Explain("ip6"));

    [FactThatNeeds(Need.Libpcap)]
    public void A_faulty_expression_is_an_error_with_the_words_of_libpcap()
    {
        Assert.Equal("", RuleExplanation.Of(new SourceText("command line", "tcp prot 80"), LinkType.Ethernet, null, out var diagnostics));
        Assert.Equal("can't parse filter expression: syntax error", Assert.Single(diagnostics).Message);
    }

    [TheoryThatNeeds(Need.Corpus | Need.Libpcap | Need.Tcpdump)]
    [InlineData("tcp[((tcp[12] & 0xf0) >> 2):4] = 0x47455420 and len > 100")]
    [InlineData("ip6 protochain 51")]
    [InlineData("ip broadcast or ether multicast")]
    [InlineData("ip[0] * 3 - ip[1] / 5 > ip[2] % 7 ^ ip[3] | ip[4] << 2")]
    [InlineData("ip[ip[1]] > 2 and -ip[3] < ip[ip[2]:2] and ip[5] / ip[6] = ip[7] % ip[8]")]
    [InlineData("vlan and (ip host 10.0.0.1 or ip6 host fe80::1) and not port 22")]
    public void The_listing_is_what_tcpdump_prints(string expression)
    {
        var tcpdump = Tool.Run("tcpdump", "-y", "EN10MB", "-d", "-r", Corpus.CapturePath("libtrace__100_packets.pcap"), expression);
        Assert.Equal(
            tcpdump.Output.TrimEnd('\n').Replace("#65536", "#262144", StringComparison.Ordinal),
            CbpfListing.Of(FilterCompiler.Compile(expression, LinkType.Ethernet)));
    }

    [Fact]
    public void A_trace_tells_every_term_tried_and_the_mark_before_and_after()
    {
        using var test = new TestBundle(LinkType.Ethernet, Convert.FromHexString("0102030405060708090a0b0c0800"));
        var table = MarkTable.Compile(RuleText.Valid("rule a match 12:ffff:0806 0:ff:1 mark 1\nrule b match 12:ff00:0800 mark 0x20/0xf0 continue\nrule c match l4+0:ff:1 mark 1\nrule d match 0:ff:1 mark 3\nrule e match 0:ff:1 1:ff:2 mark 4"));
        var trace = RuleTrace.Of(table, test.Bundle.Interface, test.Bundle.Packets[0], test.Bundle.BytesOf(test.Bundle.Packets[0]));
        Assert.Equal(
            """
            14 bytes captured of 14, link type 1 (Ethernet), l3 at 14, l4 absent
            rule 1 a
              12:ffff:0806  no: at 12 is 0x0800, masked 0x0800  (Ethernet type is ARP (0x0806))
            rule 2 b
              12:ff00:0800  yes: at 12 is 0x0800, masked 0x0800  (the 2 bytes at 12, masked with 0xff00, are 0x0800)
              matches: mark 0x0 becomes 0x20, later rules are tried
            rule 3 c
              l4+0:ff:01  no: l4 is absent  (ICMP type is 1)
            rule 4 d
              0:ff:01  yes: at 0 is 0x01, masked 0x01  (the byte at 0 is 0x01)
              matches: mark 0x20 becomes 0x3

            """,
            trace.Text);
        Assert.Equal([2, 4], trace.Matched);
        Assert.Equal(3u, trace.Mark);
    }

    private static string Explain(string text, ProgramForm? form = null)
    {
        var explanation = RuleExplanation.Of(new SourceText("command line", text), LinkType.Ethernet, form, out var diagnostics);
        Assert.DoesNotContain(diagnostics, d => d.Severity == Severity.Error);
        return explanation;
    }
}
