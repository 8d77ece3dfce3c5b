using CsCheck;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Cbpf;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules.Exports;

/// <summary>Rules that were compiled to classic BPF match what the interpreter of rules says.</summary>
public class CbpfEqualityTests
{
    [Fact]
    public void Random_rules_match_the_same_random_packets() =>
        Gen.Select(RandomRules.Set, RandomRules.Packet.Array[1, 8]).Sample((rules, packets) => AssertSame(rules, packets), iter: Iterations.Of(3000));

    [Fact]
    public void Rules_that_fit_packets_match_the_same_ones() =>
        RandomRules.SetThatFitsPackets.Sample((rules, packets) => AssertSame(rules, packets), iter: Iterations.Of(500));

    [Fact]
    public void Chains_of_IPv6_headers_are_followed_the_same_way()
    {
        var rules = RuleText.Valid("rule a match l4+0:00:00 mark 1 continue\nrule b match l4+0:ff:35 mark 2/2 continue\nrule c match l4+1:01:01 mark 4/4").Rules;
        RandomChains.Packet.Sample(packet => { AssertSame([.. rules], [packet]); }, iter: Iterations.Of(5000));
    }

    [FactThatNeeds(Need.Corpus)]
    public void The_captures_packets_get_the_same_marks()
    {
        var rules = RuleText.ForCaptures().Rules.ToArray();
        var (packets, marked) = (0, new HashSet<uint>());
        foreach (var file in EthernetCaptures.Files())
        {
            byte[][] all = [.. EthernetCaptures.Packets(file)];
            packets += all.Length;
            marked.UnionWith(AssertSame(rules, all));
        }

        Assert.True(packets > 5000, $"{packets} packets");
        foreach (var rule in rules) Assert.Contains(marked, m => (m & rule.MarkMask) == rule.Mark);
    }

    [FactThatNeeds(Need.Corpus | Need.Libpcap)]
    public void Filters_become_part_of_the_one_program()
    {
        var rules = RuleText.Valid("""
            rule dns filter "udp port 53" mark 1/1 continue
            rule web filter "tcp[tcpflags] & tcp-syn != 0 or (ip[6:2] & 0x1fff = 0 and ip and tcp[12] > 80)" mark 2/2 continue
            rule long filter "greater 500 and ether[500] < 100" mark 4/4 continue
            rule after match 0:01:00 mark 8/8
            """).Rules;
        var program = RuleAssembler.Of(rules);
        var table = Table([.. rules]);
        var marks = new HashSet<uint>();
        foreach (var packet in EthernetCaptures.Files().SelectMany(EthernetCaptures.Packets))
        {
            var mark = CbpfInterpreter.Run(program, packet, (uint)packet.Length);
            Assert.Equal(Expected(table, packet), mark);
            marks.Add(mark);
        }

        foreach (var bit in new uint[] { 1, 2, 4, 8 }) Assert.Contains(marks, m => (m & bit) != 0);
    }

    [Fact]
    public void Far_jumps_get_a_way_of_their_own()
    {
        var terms = string.Concat(Enumerable.Range(0, 250).Select(i => $" {i}:ff:{i & 0xff:x2}"));
        var rules = RuleText.Valid($"rule a match{terms} mark 1\nrule b match 0:ff:01 mark 2").Rules.ToArray();
        byte[] packet = [.. Enumerable.Range(0, 250).Select(i => (byte)i)];
        byte[] other = [.. packet];
        other[0] = 1;
        Assert.Equal([1u], AssertSame(rules, [packet]));
        Assert.Equal([2u], AssertSame(rules, [other]));
    }

    /// <returns>The marks that packets got.</returns>
    private static HashSet<uint> AssertSame(MarkRule[] all, byte[][] packets)
    {
        var rules = all.Where(IsExpressible).ToArray();
        var whole = rules.Length == 0 ? null : RuleAssembler.Of(rules);
        var programs = rules.Select(RuleAssembler.Of).ToArray();
        var interpreter = new InterpretedRules(rules, new CbpfProgram?[rules.Length]);
        var table = Table(rules);
        var marks = new HashSet<uint>();
        foreach (var packet in packets)
        {
            var located = LocatedPacket.Locate(LinkType.Ethernet, packet, (uint)packet.Length);
            for (var i = 0; i < rules.Length; i++)
                Assert.Equal(interpreter.Matches(i, located), CbpfInterpreter.Run(programs[i], packet, (uint)packet.Length) != 0);
            if (whole is null) continue;
            var mark = CbpfInterpreter.Run(whole, packet, (uint)packet.Length);
            Assert.Equal(Expected(table, packet), mark);
            marks.Add(mark);
        }

        return marks;
    }

    private static MarkTable Table(MarkRule[] rules) => MarkTable.Compile(RuleSet.Empty with { Rules = rules }, MarkEngine.Interpreter);

    private static uint Expected(MarkTable table, byte[] packet)
    {
        using var test = new TestBundle(LinkType.Ethernet, packet);
        table.Classify(test.Bundle, table.NewCounters());
        return test.Bundle.Packets[0].Mark;
    }

    private static bool IsExpressible(MarkRule rule)
    {
        try
        {
            RuleAssembler.Of(rule);
            return true;
        }
        catch (Exception e) when (e is NotExpressibleException or NeverMatchesException)
        {
            return false;
        }
    }
}
