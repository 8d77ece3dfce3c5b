using CsCheck;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

public class RuleParserTests
{
    [Fact]
    public void A_rule_reads_as_it_was_written()
    {
        var rules = RuleText.Valid("""
            # the names of this network
            rule dns match 12:ffff:0800 20:1fff:0000 23:ff:11 [14:0f<<2]+16:ffff:0035 mark 16/0xf0 continue  # and go on
            rule hello match l4[12:f0>>2]+0:ffff:1603 l3+9:0xFF:6 l2+0:ffffffffffff:0 mark 0x20
            rule web filter "tcp port 80 and \tcp" mark 3
            """);
        Assert.Equal(
            """
            rule dns match 12:ffff:0800 20:1fff:0000 23:ff:11 [14:0f<<2]+16:ffff:0035 mark 0x10/0xf0 continue
            rule hello match l4[12:f0>>2]+0:ffff:1603 l3+9:ff:06 0:ffffffffffff:000000000000 mark 0x20
            rule web filter "tcp port 80 and \tcp" mark 0x3
            """,
            string.Join('\n', rules.Rules));
    }

    [Fact]
    public void A_byte_order_mark_and_CR_LF_are_no_part_of_the_rules()
    {
        var rules = RuleText.Valid("\uFEFFrule a match 0:ff:1 mark 1\r\nrule b match 0:ff:2 mark 2 continue\r\n\r\n");
        Assert.Equal("rule a match 0:ff:01 mark 0x1;rule b match 0:ff:02 mark 0x2 continue", string.Join(';', rules.Rules));
    }

    [Fact]
    public void Guards_are_lifted_by_name()
    {
        var rules = RuleText.Valid("keep-out off ssh\nkeep-out off l2-control # for the lab\n");
        Assert.Equal(["ssh", "l2-control"], rules.LiftedGuards);
    }

    [Fact]
    public void A_rule_knows_where_it_stands()
    {
        var rules = RuleText.Valid("\n  rule a match 0:ff:1 mark 1  # tail");
        Assert.Equal("rule a match 0:ff:1 mark 1", rules.Source.Text.Substring(rules.Rules[0].Span.Start, rules.Rules[0].Span.Length));
    }

    [Theory]
    [InlineData("rul a match 0:ff:1 mark 1", "1:1 | <rul> | unknown statement 'rul' | expected 'rule' or 'keep-out' | did you mean 'rule'?")]
    [InlineData("rule", "1:5 | <> | the rule ends before its name | expected letters, digits, '_', '.' or '-'")]
    [InlineData("rule unmatched match 0:ff:1 mark 1", "1:6 | <unmatched> | 'unmatched' is the name of what no rule matched | expected letters, digits, '_', '.' or '-'")]
    [InlineData("rule .a match 0:ff:1 mark 1", "1:6 | <.a> | a name does not begin with a dot | expected letters, digits, '_', '.' or '-'")]
    [InlineData("rule a/b match 0:ff:1 mark 1", "1:6 | <a/b> | 'a/b' is not a name | expected letters, digits, '_', '.' or '-'")]
    [InlineData("rule a mach 0:ff:1 mark 1", "1:8 | <mach> | unexpected 'mach' | expected 'match' or 'filter' | did you mean 'match'?")]
    [InlineData("rule a match mark 1", "1:14 | <mark> | a match without a term | expected ADDRESS:MASK:VALUE, such as 12:ffff:0800")]
    [InlineData("rule a match 0:ff:1 mrak 1", "1:21 | <mrak> | unexpected 'mrak' | expected 'mark' and its value | did you mean 'mark'?")]
    [InlineData("rule a match 0:ff:1", "1:20 | <> | the rule ends too early | expected 'mark' and its value")]
    [InlineData("rule a match 0:ff:1 mark", "1:25 | <> | the rule ends too early | expected a mark, such as 0x10 or 0x10/0xf0")]
    [InlineData("rule a match 0:ff:1 mark 0x100000000", "1:26 | <0x100000000> | '0x100000000' is not a mark | expected a 32-bit number, decimal or hex with 0x")]
    [InlineData("rule a match 0:ff:1 mark 1/x", "1:28 | <x> | 'x' is not a mark | expected a 32-bit number, decimal or hex with 0x")]
    [InlineData("rule a match 0:ff:1 mark 1 contine", "1:28 | <contine> | unexpected 'contine' | expected 'continue' or the end of the line | did you mean 'continue'?")]
    [InlineData("rule a match 0:ff:1 mark 1 continue now", "1:37 | <now> | unexpected 'now' | expected the end of the line")]
    [InlineData("rule a match 0:fff:1 mark 1", "1:16 | <fff> | the mask has 3 digits | expected 2, 4, 8, 12 or 16, two for each byte that is read")]
    [InlineData("rule a match 0:fg:1 mark 1", "1:16 | <fg> | 'fg' is not a mask | expected hex digits")]
    [InlineData("rule a match 12:ffff:10800 mark 1", "1:22 | <10800> | value '10800' does not fit mask 'ffff' | 17 bits; the mask selects 16")]
    [InlineData("rule a match 12:ff:001 mark 1", "1:20 | <001> | value '001' does not fit mask 'ff' | 3 digits; the mask has 2")]
    [InlineData("rule a match 12:ff: mark 1", "1:20 | <> | '' is not a value | expected hex digits")]
    [InlineData("rule a match 12:ff mark 1", "1:14 | <12:ff> | the term has no value | expected ADDRESS:MASK:VALUE")]
    [InlineData("rule a match 12 mark 1", "1:14 | <12> | the term has no mask | expected ADDRESS:MASK:VALUE")]
    [InlineData("rule a match l5+1:ff:1 mark 1", "1:14 | <l5> | unknown address 'l5' | expected a number, l2, l3, l4 or a step in brackets")]
    [InlineData("rule a match [14:0f<2]+1:ff:1 mark 1", "1:20 | <<2> | unknown shift | expected << or >>")]
    [InlineData("rule a match [14:0f<<64]+1:ff:1 mark 1", "1:22 | <64> | a shift of '64' is too large | at most 63")]
    [InlineData("rule a match [14:0f<<2+1:ff:1 mark 1", "1:14 | <[14:0f<<2+1:ff:1> | the step is not closed | expected ']'")]
    [InlineData("rule a match 99999999999:ff:1 mark 1", "1:14 | <99999999999> | an offset of '99999999999' is too large | at most 2147483647")]
    [InlineData("rule a filter \"tcp mark 1", "1:15 | <\"tcp mark 1> | the filter is not closed | expected a closing '\"' on the same line | a filter cannot contain a double quote")]
    [InlineData("rule a filter tcp mark 1", "1:15 | <tcp> | unexpected 'tcp' | expected a filter in double quotes")]
    [InlineData("rule a filter \" \" mark 1", "1:15 | <\" \"> | the filter is empty | expected a pcap-filter expression")]
    [InlineData("keep-out off shh", "1:14 | <shh> | unknown guard 'shh' | expected one of arp, nd, icmp-errors, dhcp, l2-control, ssh, cluster, dashboard, own | did you mean 'ssh'?")]
    [InlineData("keep-out on ssh", "1:10 | <on> | unexpected 'on' | expected 'off' and the name of a guard")]
    public void A_fault_is_told_where_it_is_with_what_was_expected(string text, string fault) => Assert.Equal(fault, RuleText.Faults(text));

    [Theory]
    [InlineData("rule a match 12:0ff0:0001 mark 1", "1:22 | <0001> | value '0001' has bits outside mask '0ff0': the rule can never match | bits 0x1")]
    [InlineData("rule a match 0:ff:1 mark 0x11/0x10", "1:26 | <0x11/0x10> | mark 0x11 has bits outside its mask 0x10 | they are not written")]
    [InlineData("rule a match 0:ff:1 mark 1\nrule b match 0:0xff:01 mark 2", "2:6 | <b> | rule 'b' can never match: shadowed by 'a' (line 1)")]
    [InlineData("rule a match 0:ff:1 mark 1 continue\nrule b match 0:ff:1 mark 1", "2:6 | <b> | rule 'b' does what 'a' (line 1) did already")]
    [InlineData("rule a match 12:ffff:0800 mark 1\nrule b match 23:ff:11 12:ffff:0800 mark 2", "2:6 | <b> | rule 'b' can never match: shadowed by 'a' (line 1)")]
    [InlineData("rule a match 12:ffff:0800 mark 1\nrule b match 12:ff:08 13:ff:00 mark 2", "2:6 | <b> | rule 'b' can never match: shadowed by 'a' (line 1)")]
    [InlineData("rule a match l4+2:ff00:0000 mark 1\nrule b match l4+2:ffff:0035 mark 2 continue", "2:6 | <b> | rule 'b' can never match: shadowed by 'a' (line 1)")]
    [InlineData("rule a match 12:ffff:0800 13:ff:06 mark 1", "1:6 | <a> | rule 'a' can never match: '12:ffff:0800' and '13:ff:06' contradict each other")]
    public void What_looks_like_a_mistake_is_a_warning_and_the_rules_hold(string text, string warning)
    {
        RuleText.Valid(text);
        Assert.Equal(warning, RuleText.Faults(text));
    }

    [Theory]
    [InlineData("rule a match 12:ffff:0800 mark 1 continue\nrule b match 12:ffff:0800 23:ff:11 mark 2")]
    [InlineData("rule a match 12:ffff:0800 30:00:00 mark 1\nrule b match 12:ffff:0800 23:ff:11 mark 2")]
    [InlineData("rule a match 12:ffff:0800 mark 1\nrule b match l3+12:ffff:0800 mark 2")]
    [InlineData("rule a match 12:ffff:0800 23:ff:11 mark 1\nrule b match 12:ffff:0800 mark 2")]
    [InlineData("rule a match 12:ffff:0800 mark 1\nrule b match 12:ff00:0800 23:ff:11 mark 2")]
    public void A_rule_that_may_match_is_not_warned_about(string text) => Assert.Equal("", RuleText.Faults(text));

    [Fact]
    public void A_rule_that_is_warned_about_matches_nothing() =>
        Gen.Select(RandomRules.CrowdedSet, RandomRules.Packet.Array[20]).Sample(
            (rules, packets) =>
            {
                var source = new SourceText("t", string.Join('\n', rules.Select(r => r.ToString())));
                var read = RuleParser.Parse(source, out var found)!;
                using var test = new TestBundle(LinkType.Ethernet, packets);
                var counters = new RuleCounters(read.Rules.Count);
                MarkTable.Compile(read, MarkEngine.Interpreter).Classify(test.Bundle, counters);
                foreach (var warning in found.Where(d => d.Message.Contains("can never match")))
                    Assert.Equal(0, counters.Of(source.PositionOf(warning.Span.Start).Line).Packets);
            },
            iter: 300);

    [Fact]
    public void Every_error_of_a_text_is_told()
    {
        var faults = RuleText.Faults("rule a match 1:f:0 2:ff:100 mrak 1\nrule a match 0:ff:0 mark x\nfoo");
        Assert.Equal(["1:16", "1:25", "1:29", "2:6", "2:26", "3:1"], faults.Split('\n').Select(f => f.Split(' ')[0]));
    }

    [Fact]
    public void A_duplicate_name_points_at_the_first() =>
        Assert.Equal(
            "2:6 | <a> | there is a rule 'a' already | first on line 1 | give each rule a name of its own",
            RuleText.Faults("rule a match 0:ff:0 mark 1\nrule a match 1:ff:0 mark 1"));

    [Fact]
    public void Of_very_many_errors_a_hundred_are_told()
    {
        RuleParser.Parse(new SourceText("t", string.Concat(Enumerable.Repeat("nonsense\n", 100_000))), out var diagnostics);
        Assert.Equal(RuleParser.MostDiagnostics, diagnostics.Count);
        Assert.StartsWith("too many errors", diagnostics[^1].Message);
    }

    [Fact]
    public void A_hundred_thousand_rules_are_read()
    {
        var text = string.Join('\n', Enumerable.Range(0, 100_000).Select(i => $"rule r{i} match 26:ffffffff:{i:x8} mark {i}"));
        Assert.Equal(100_000, RuleText.Valid(text).Rules.Count);
    }

    [Theory]
    [InlineData("rule a match ", "0:ff:0 ")]
    [InlineData("rule a match ", "[0:ff]")]
    [InlineData("rule a filter \"", "( ")]
    [InlineData("", "a")]
    [InlineData("rule ", "n")]
    [InlineData("rule a match 0:ff:", "0")]
    [InlineData("", "\"")]
    public void A_line_of_a_megabyte_is_an_error_and_no_burden(string start, string repeated)
    {
        RuleParser.Parse(new SourceText("t", start + string.Concat(Enumerable.Repeat(repeated, 1_000_000 / repeated.Length))), out var diagnostics);
        Assert.All(diagnostics, d => Assert.True(d.ToString().Length < 1000));
        Assert.Contains(diagnostics, d => d.Severity == Severity.Error);
    }

    [Fact]
    public void Whatever_the_text_holds_it_is_rules_or_errors()
    {
        string[] pieces = ["rule ", "a", " match ", " filter ", "\"", "mark ", "continue", "keep-out ", "off ", "ssh", "\n", "#", ":", "[", "]", "+", "<<", ">>", "0", "ff", "l3", "l4", "/", "0x", "\0", "\uD800", "é", "\r", "\t", "9999999999"];
        Gen.OneOf(pieces).Array[0, 30].Select(string.Concat).Sample(text =>
        {
            var rules = RuleParser.Parse(new SourceText("t", text), out var diagnostics);
            Assert.Equal(rules is null, diagnostics.Any(d => d.Severity == Severity.Error));
            foreach (var d in diagnostics) Assert.InRange(d.Span.End, d.Span.Start, text.Length);
            _ = string.Join('\n', diagnostics);
        }, iter: 20_000);
    }

    [Fact]
    public void A_rule_that_is_printed_and_read_again_is_the_same() =>
        RandomRules.Set.Sample(rules =>
        {
            var text = string.Join('\n', rules);
            Assert.Equal(text, string.Join('\n', RuleText.Valid(text).Rules));
        }, iter: 2000);
}
