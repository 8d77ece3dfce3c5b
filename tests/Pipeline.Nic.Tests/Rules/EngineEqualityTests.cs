using CsCheck;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Il;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

/// <summary>Compiled rules give the verdicts, marks and counts of the interpreter.</summary>
public class EngineEqualityTests
{
    [Fact]
    public void Random_rules_mark_random_packets_as_the_interpreter_does() =>
        Gen.Select(RandomRules.Set, RandomRules.Packet.Array[1, 12], Gen.OneOf(LinkType.Ethernet, LinkType.RawIp, (LinkType)147))
            .Sample((rules, packets, linkType) => AssertSame(rules, packets, linkType), iter: Iterations.Of(3000));

    [Fact]
    public void Rules_that_share_tuples_mark_as_the_interpreter_does() =>
        Gen.Select(RandomRules.CrowdedSet, RandomRules.Packet.Array[1, 40])
            .Sample((rules, packets) => AssertSame(rules, packets), iter: Iterations.Of(500));

    [Fact]
    public void Long_conjunctions_mark_as_the_interpreter_does() =>
        Gen.Select(RandomRules.SetThatFitsPackets, Gen.Int[0, 255].Array[3])
            .Sample((set, changes) => AssertSame(set.Rules, [.. set.Packets, .. changes.Select(c => Changed(set.Packets[c % set.Packets.Length], c))]), iter: Iterations.Of(300));

    [FactThatNeeds(Need.Libpcap)]
    public void Filters_among_terms_mark_as_the_interpreter_does()
    {
        string[] expressions = ["ip", "tcp", "udp port 53 or len > 60", "ip[ip[0]&15] > 7", "vlan and ip6", "ip6 protochain 6", "ether[3] & 0x5 != 0", "ip[1] / ip[2] > 1", "ip[0] << ip[1] > 3"];
        var filters = Gen.Select(Gen.OneOf(expressions), Gen.Int[0, 99], Gen.Bool).Array[1, 3];
        Gen.Select(Gen.OneOf(RandomRules.Set, RandomRules.CrowdedSet), filters, RandomRules.Packet.Array[1, 12])
            .Sample((rules, among, packets) => AssertSame(RandomRules.With(rules, among), packets), iter: Iterations.Of(500));
    }

    [Theory]
    [InlineData("30:ffffff00:{0:x6}00", 10_000)]
    [InlineData("26:ffffffffffffffff:{0:x8}0a000000", 5000)]
    [InlineData("l3+0:f0:40 l3+12:ffffffff:{0:x8} l4+2:ffff:{1:x4}", 5000)]
    [InlineData("0:ffffffffffff:00000000{1:x4} 6:ffffffffffff:0000{0:x8} 20:ffffffff:{0:x8}", 3000)]
    public void Thousands_of_rules_of_one_tuple_mark_as_the_interpreter_does(string terms, int count)
    {
        var rules = RuleText.Valid(string.Join('\n', Enumerable.Range(0, count).Select(i => Line(i)))).Rules.ToArray();
        var packets = new[] { 0, 1, count / 2, count - 1, count }.Select(i => FittingPacket.For(string.Format(terms, i, i & 0xffff))).ToArray();
        Assert.Equal(4, AssertSame(rules, packets).Count(o => o.StartsWith("rule ", StringComparison.Ordinal) && !o.StartsWith("rule 0", StringComparison.Ordinal)));

        string Line(int i) => $"rule r{i} match {string.Format(terms, i, i & 0xffff)} mark {i + 1}";
    }

    [Fact]
    public void Rules_of_one_tuple_mark_the_same_after_many_and_after_few_matches()
    {
        var table = MarkTable.Compile(RuleText.Valid(string.Concat(Enumerable.Range(1, 9).Select(i => $"rule r{i} match 0:ff:{i:x2} mark 0x{i}0\n"))));
        var counters = new RuleCounters(9);
        byte[][][] bundles = [[[1], [2], [99], []], [[3], [3], [98], []], [[97], [96], [95], []], [[9], [94], [93], []]];
        List<string> verdicts = [];
        foreach (var packets in bundles)
        {
            using var test = new TestBundle(LinkType.Ethernet, packets);
            table.Classify(test.Bundle, counters);
            verdicts.Add(string.Join(' ', test.Bundle.Packets.ToArray().Select(p => $"{p.Rule}:{p.Mark:x}")));
        }

        Assert.Equal(["1:10 2:20 0:0 0:0", "3:30 3:30 0:0 0:0", "0:0 0:0 0:0 0:0", "9:90 0:0 0:0 0:0"], verdicts);
        Assert.Equal((11, 2, 1), (counters.Unmatched.Packets, counters.Of(3).Packets, counters.Of(9).Packets));
    }

    [Fact]
    public void Rules_spread_over_many_methods_mark_as_the_interpreter_does()
    {
        var rules = RuleText.Valid(string.Join('\n', Enumerable.Range(0, 2000).Select(i => $"rule r{i} match {i % 50}:{(i / 50) + 1:x2}:{i & 1 & ((i / 50) + 1):x2} {i % 7}:80:80 mark {i + 1}{(i % 300 == 0 ? "" : " continue")}"))).Rules.ToArray();
        Assert.True(MarkProgram.Compile(rules, LinkType.Ethernet, rules.Length).Ranges.Count > 3);
        RandomRules.Packet.Array[300].Sample(packets => { AssertSame(rules, packets); }, iter: Iterations.Of(2));
    }

    [Fact]
    public void Rules_beyond_those_that_are_compiled_are_tried_all_the_same()
    {
        var rules = RuleText.Valid("rule a match 0:ff:1 mark 1 continue\nrule b match 0:ff:2 mark 2\nrule c match 1:ff:3 mark 3 continue\nrule d match 1:ff:3 mark 4");
        using var test = new TestBundle(LinkType.Ethernet, [1, 3], [2, 3], [9, 3], [9, 9]);
        MarkProgram.Compile(rules.Rules, LinkType.Ethernet, mostCompiled: 2).Run(test.Bundle, new RuleCounters(4));
        Assert.Equal(["rule 4 mark 4 several", "rule 2 mark 2", "rule 4 mark 4 several", "rule 0 mark 0"], test.Bundle.Packets.ToArray().Select(Verdict));
    }

    [FactThatNeeds(Need.Libpcap)]
    public void Every_engine_of_filters_selects_the_same() =>
        Gen.Select(Gen.OneOf("ip", "tcp port 80 or udp", "ip[ip[0]&15] > 7", "ip6 protochain 6", "len > 40"), RandomRules.Packet.Array[1, 20])
            .Sample((expression, packets) =>
            {
                var selections = Enum.GetValues<FilterEngine>().Select(e => Selection(PacketFilter.Create(expression, e), packets)).ToList();
                Assert.All(selections, s => Assert.Equal(selections[0], s));
            }, iter: Iterations.Of(100));

    private static string Selection(PacketFilter filter, byte[][] packets)
    {
        using var test = new TestBundle(LinkType.Ethernet, packets);
        var selected = filter.Select(test.Bundle);
        return selected + ": " + string.Join(' ', test.Bundle.Packets.ToArray().Select(p => p.Has(PacketFlags.Selected)));
    }

    private static byte[] Changed(byte[] packet, int change)
    {
        var changed = (byte[])packet.Clone();
        if (changed.Length > 0) changed[change % changed.Length] ^= (byte)(1 << (change % 8));
        return changed;
    }

    private static List<string> AssertSame(MarkRule[] rules, byte[][] packets, LinkType linkType = LinkType.Ethernet)
    {
        var expected = Outcome(rules, packets, linkType, MarkEngine.Interpreter);
        Assert.Equal(expected, Outcome(rules, packets, linkType, MarkEngine.Compiled));
        return expected;
    }

    private static List<string> Outcome(MarkRule[] rules, byte[][] packets, LinkType linkType, MarkEngine engine)
    {
        using var test = new TestBundle(linkType, packets);
        var table = MarkTable.Compile(new RuleSet(3, rules, [], new SourceText("t", "")), engine);
        var counters = new RuleCounters(rules.Length);

        // Twice, because how many matched before may decide by which code the next are marked.
        table.Classify(test.Bundle, counters);
        table.Classify(test.Bundle, counters);
        Assert.Equal(3, test.Bundle.Generation);
        return [.. test.Bundle.Packets.ToArray().Select(Verdict), .. Enumerable.Range(0, rules.Length + 1).Select(i => counters.Of(i).ToString())];
    }

    private static string Verdict(Packet packet) => $"rule {packet.Rule} mark {packet.Mark}{(packet.Has(PacketFlags.SeveralRules) ? " several" : "")}";
}
