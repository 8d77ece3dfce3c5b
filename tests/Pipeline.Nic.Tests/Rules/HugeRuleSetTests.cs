using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Il;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

/// <summary>Rule sets that nobody would write, but somebody might send.</summary>
public class HugeRuleSetTests
{
    [Fact]
    public void A_hundred_thousand_rules_of_one_tuple_are_one_question()
    {
        var rules = Rules(100_000, i => Term(30, 4, (ulong)i));
        var program = MarkProgram.Compile(rules, LinkType.Ethernet, rules.Length);
        Assert.Single(Assert.Single(program.Ranges).Range.Probes);
        Assert.Equal(99_999, RuleOf(rules, [.. new byte[30], 0, 1, 0x86, 0x9e]));
    }

    [Fact]
    public void Reading_tens_of_thousands_of_rules_makes_little_garbage()
    {
        const int Rules = 48_000;
        var source = new SourceText("t", string.Concat(Enumerable.Range(0, Rules).Select(i => $"rule r{i} match 30:ffffffff:{i * 7919:x8} mark 0x{(i % 254) + 1:x}\n")));
        RuleParser.Parse(new SourceText("t", "rule r match 30:ffffffff:00000000 mark 1"), out _);
        var before = GC.GetAllocatedBytesForCurrentThread();

        RuleParser.Parse(source, out var found);

        // About 1000 a rule. It was 3500, and the collector stopped packets for half a second.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Rules, 1, 1500);
        Assert.Empty(found);
    }

    [Fact]
    public void Rules_that_all_look_elsewhere_are_compiled_up_to_a_bound_and_tried_beyond_it()
    {
        var rules = Rules(17_000, i => Term(i, 1, 1));
        var program = MarkProgram.Compile(rules, LinkType.Ethernet, rules.Length);
        Assert.Equal(256, program.Ranges.Count);
        Assert.InRange(program.CompiledRules, 16_000, 16_999);
        Assert.Equal(1500, RuleOf(rules, [.. new byte[1499], 1]));
    }

    [Fact]
    public void A_rule_of_thousands_of_terms_is_compiled()
    {
        var terms = Enumerable.Range(0, 4000).Select(i => new Term(new FieldAddress(FieldBase.L2, [new AddressStep(i % 900, 1, 0, 0)], (i * 7) % 900), 1, 0xff, 5)).ToArray();
        var packet = Enumerable.Repeat((byte)5, 900).ToArray();
        Assert.Equal(1, RuleOf([Rule(0, terms)], packet));
        packet[899] = 4;
        Assert.Equal(0, RuleOf([Rule(0, terms)], packet));
    }

    [Fact]
    public void Rules_beyond_any_packet_match_none() =>
        Assert.Equal(0, RuleOf(Rules(2000, i => Term(int.MaxValue - i, 8, 0)), new byte[100]));

    [Fact]
    public void A_rule_behind_one_that_compares_the_same_is_said_never_to_match()
    {
        var table = MarkTable.Compile(RuleText.Valid("rule a match 0:ff:1 mark 1\nrule b match 1:ff:1 mark 2\nrule c match 0:ff:1 mark 3\nrule d match 0:ff:1 0:0f:2 mark 4"));
        table.Prepare(LinkType.Ethernet);
        Assert.Contains("    rules 1 to 4\n        from 1: 0:ff, 1 rule, compared\n        from 2: 1:ff, 1 rule, compared\n        never: 3, 4\n", table.Describe());
    }

    [Fact]
    public void A_tuple_with_many_keys_is_said_to_be_a_table()
    {
        var table = MarkTable.Compile(RuleText.Valid(string.Concat(Enumerable.Range(0, 16).Select(i => $"rule r{i} match 12:ffff:0800 30:ffffff00:0a01{i:x2}00 mark 1\n"))));
        table.Prepare(LinkType.Ethernet);
        Assert.Contains("        from 1: 12:ffff 30:ffffff00, 16 rules, table of 64 slots of 16 bytes\n", table.Describe());
    }

    private static Term Term(int offset, int width, ulong value) => new(new FieldAddress(FieldBase.L2, [], offset), width, ulong.MaxValue >> (64 - (8 * width)), value);

    private static MarkRule[] Rules(int count, Func<int, Term> term) => [.. Enumerable.Range(0, count).Select(i => Rule(i, [term(i)]))];

    private static TermRule Rule(int index, Term[] terms) => new TermRule($"r{index}", terms, 1, uint.MaxValue, false, default);

    private static int RuleOf(MarkRule[] rules, byte[] packet)
    {
        using var test = new TestBundle(LinkType.Ethernet, packet);
        MarkTable.Compile(new RuleSet(1, rules, [], new SourceText("t", ""))).Classify(test.Bundle, new RuleCounters(rules.Length));
        return test.Bundle.Packets[0].Rule;
    }
}
