using CsCheck;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Compiled;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

/// <summary>Compiled rules give the verdicts, marks and counts of the interpreter.</summary>
public class EngineEqualityTests
{
    [Fact]
    public void Random_rules_mark_random_packets_as_the_interpreter_does() =>
        Gen.Select(RandomRules.Set, RandomRules.Packet.Array[1, 12], Gen.OneOf(LinkType.Ethernet, LinkType.RawIp, (LinkType)147))
            .Sample((rules, packets, linkType) => Assert.Equal(Outcome(rules, packets, linkType, MarkEngine.Interpreter), Outcome(rules, packets, linkType, MarkEngine.Compiled)), iter: 3000);

    [Fact]
    public void Rules_that_share_a_field_mark_as_the_interpreter_does() =>
        Gen.Select(Gen.Select(Gen.Int[0, 3], Gen.Bool, Gen.Bool).Array[1, 150], RandomRules.Packet.Array[1, 12])
            .Sample((shapes, packets) =>
            {
                var text = shapes.Select((s, i) => $"rule r{i} match {(s.Item2 ? 1 : 0)}:0{(s.Item2 ? 3 : 7)}:0{s.Item1} mark {i + 1}{(s.Item3 ? " continue" : "")}");
                var rules = RuleText.Valid(string.Join('\n', text)).Rules.ToArray();
                Assert.Equal(Outcome(rules, packets, LinkType.Ethernet, MarkEngine.Interpreter), Outcome(rules, packets, LinkType.Ethernet, MarkEngine.Compiled));
            }, iter: 300);

    [FactThatNeeds(Need.Libpcap)]
    public void Filters_among_terms_mark_as_the_interpreter_does()
    {
        string[] expressions = ["ip", "tcp", "udp port 53 or len > 60", "ip[ip[0]&15] > 7", "vlan and ip6", "ip6 protochain 6", "ether[3] & 0x5 != 0", "ip[1] / ip[2] > 1", "ip[0] << ip[1] > 3"];
        var set = Gen.Select(RandomRules.Set, Gen.Int[0, 99], Gen.OneOf(expressions), Gen.Bool)
            .Select((rules, at, expression, goesOn) => rules.ToList() is var all && Insert(all, at, expression, goesOn) ? all.ToArray() : []);
        Gen.Select(set, RandomRules.Packet.Array[1, 12])
            .Sample((rules, packets) => Assert.Equal(Outcome(rules, packets, LinkType.Ethernet, MarkEngine.Interpreter), Outcome(rules, packets, LinkType.Ethernet, MarkEngine.Compiled)), iter: 500);
    }

    [Fact]
    public void Rules_beyond_those_that_are_compiled_are_tried_all_the_same()
    {
        var rules = RuleText.Valid("rule a match 0:ff:1 mark 1 continue\nrule b match 0:ff:2 mark 2\nrule c match 1:ff:3 mark 3 continue\nrule d match 1:ff:3 mark 4");
        using var test = new TestBundle(LinkType.Ethernet, [1, 3], [2, 3], [9, 3], [9, 9]);
        MarkProgram.Compile(rules.Rules, LinkType.Ethernet, mostCompiled: 2).Run(test.Bundle, new RuleCounters(4));
        Assert.Equal(["rule 4 mark 4 several", "rule 2 mark 2", "rule 4 mark 4 several", "rule 0 mark 0"], test.Bundle.Packets.ToArray().Select(Verdict));
    }

    private static bool Insert(List<MarkRule> rules, int at, string expression, bool goesOn)
    {
        rules.Insert(at % (rules.Count + 1), new FilterRule("f", expression, default, 0x80, 0xf0, goesOn, default));
        return true;
    }

    private static IEnumerable<string> Outcome(MarkRule[] rules, byte[][] packets, LinkType linkType, MarkEngine engine)
    {
        using var test = new TestBundle(linkType, packets);
        var table = MarkTable.Compile(new RuleSet(3, rules, [], new SourceText("t", "")), engine);
        var counters = new RuleCounters(rules.Length);
        table.Classify(test.Bundle, counters);
        Assert.Equal(3, test.Bundle.Generation);
        return [.. test.Bundle.Packets.ToArray().Select(Verdict), .. Enumerable.Range(0, rules.Length + 1).Select(i => counters.Of(i).ToString())];
    }

    private static string Verdict(Packet packet) => $"rule {packet.Rule} mark {packet.Mark}{(packet.Has(PacketFlags.SeveralRules) ? " several" : "")}";
}
