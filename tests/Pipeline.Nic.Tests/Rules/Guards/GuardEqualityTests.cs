using CsCheck;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Guards;
using Pipeline.Nic.Rules.Il;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules.Guards;

/// <summary>Compiled guards keep out what interpreted ones do, before rules and before what a device has marked.</summary>
public class GuardEqualityTests
{
    private static readonly IReadOnlyList<Guard> Shipped = KeepOutGuards.All(GuardPackets.Ports);

    private static readonly Gen<Guard[]> RandomGuards = RandomRules.Set.Array[1, 3].Select(sets => sets.Select(GuardOf).Where(g => g.Conditions.Count > 0).ToArray());

    private static readonly Gen<byte[]> KeptPacket =
        Gen.Select(Gen.OneOf(KeepOutGuardsTests.Packets.Concat(KeepOutGuardsTests.Chains).Select(p => GuardPackets.Ethernet((string)((object[])p)[1])).ToArray()), Gen.Int[0, 600], Gen.Int[0, 3]).Select(p => Changed(p.Item1, p.Item2, p.Item3));

    /// <summary>The number of the rule that a device says marked the packet; 0 for none, -1 where it says nothing.</summary>
    private static readonly Gen<int> Device = Gen.Frequency((2, Gen.Const(-1)), (1, Gen.Int[0, 200]));

    [Fact]
    public void Random_guards_keep_out_random_packets_as_the_interpreter_does() =>
        Gen.Select(Gen.OneOf(RandomRules.Set, RandomRules.CrowdedSet), RandomGuards, Gen.Select(RandomRules.Packet, Device).Array[1, 12], Gen.OneOf(LinkType.Ethernet, LinkType.RawIp, (LinkType)147))
            .Sample((rules, guards, packets, linkType) => AssertSame(rules, guards, packets, linkType), iter: Iterations.Of(2000));

    [Fact]
    public void The_guards_that_ship_keep_out_as_the_interpreter_does() =>
        Gen.Select(Gen.OneOf(RandomRules.Set, RandomRules.CrowdedSet), Gen.Select(KeptPacket, Device).Array[1, 20], Gen.OneOf(LinkType.Ethernet, LinkType.RawIp))
            .Sample((rules, packets, linkType) => AssertSame(rules, Shipped, packets, linkType), iter: Iterations.Of(300));

    [Fact]
    public void Chains_of_IPv6_headers_and_fragments_are_kept_out_as_by_the_interpreter()
    {
        var kept = new HashSet<string>();
        RandomChains.Packet.Array[50].Sample(packets => kept.UnionWith(AssertSame([], Shipped, [.. packets.Select(p => (p, -1))], LinkType.Ethernet)), iter: Iterations.Of(60), threads: 1);
        Assert.Contains("kept rule 0 mark 0", kept);
    }

    [Fact]
    public void Rules_that_look_where_guards_look_mark_what_guards_leave()
    {
        var rules = RuleText.Valid(string.Join('\n', Enumerable.Range(0, 300).Select(i => $"rule r{i} match l3+0:f0:40 l3+9:ff:06 l4+2:ffff:{i:x4} mark {i + 1}{(i % 7 == 0 ? " continue" : "")}"))).Rules.ToArray();
        var packets = Enumerable.Range(0, 100).Select(port => (GuardPackets.Ethernet("0800" + GuardPackets.V4(6, GuardPackets.To(port))), -1)).ToArray();
        var outcome = AssertSame(rules, Shipped, packets, LinkType.Ethernet);
        Assert.Equal("kept rule 0 mark 0", outcome[22]);
        Assert.Equal("rule 24 mark 24", outcome[23]);
    }

    [FactThatNeeds(Need.Libpcap)]
    public void Filters_behind_guards_mark_as_the_interpreter_does()
    {
        MarkRule[] rules = [new FilterRule("a", "arp or tcp port 80", default, 1, 0xf, true, default), .. RuleText.Valid("rule b match 12:ffff:0806 mark 0x10").Rules, new FilterRule("c", "ip or ip6", default, 3, 0xff, false, default)];
        Gen.Select(KeptPacket, Gen.Frequency((2, Gen.Const(-1)), (1, Gen.Int[0, 3]))).Array[1, 20].Sample(packets => AssertSame(rules, Shipped, packets, LinkType.Ethernet), iter: Iterations.Of(100));
    }

    [Fact]
    public void Rules_that_are_not_compiled_stand_behind_guards_that_are()
    {
        var rules = RuleText.Valid("rule a match 0:ff:1 mark 1 continue\nrule b match 0:ff:2 mark 2\nrule c match 1:ff:3 mark 3 continue\nrule d match 1:ff:3 mark 4");
        Guard[] guards = [new("g", [RuleText.Terms("0:ff:7"), RuleText.Terms("1:ff:7")]), new("h", [RuleText.Terms("0:ff:8")])];
        using var test = new TestBundle(LinkType.Ethernet, [1, 3], [2, 3], [9, 3], [9, 9], [7, 3], [2, 7], [8, 3]);
        var counters = new RuleCounters(4, 2);
        MarkProgram.Compile(rules.Rules, guards, LinkType.Ethernet, mostCompiled: 2).Run(test.Bundle, counters);
        Assert.Equal(
            ["rule 4 mark 4 several", "rule 2 mark 2", "rule 4 mark 4 several", "rule 0 mark 0", "kept rule 0 mark 0", "kept rule 0 mark 0", "kept rule 0 mark 0"],
            test.Bundle.Packets.ToArray().Select(Verdict));
        Assert.Equal((1, 2, 1), (counters.Unmatched.Packets, counters.OfGuard(0).Packets, counters.OfGuard(1).Packets));
    }

    private static Guard GuardOf(MarkRule[] rules, int index) =>
        new($"g{index}", [.. rules.Take(4).Select(r => (TermRule)r with { Name = $"g{index}", Mark = 0, MarkMask = uint.MaxValue, Continue = false })]);

    private static byte[] Changed(byte[] packet, int change, int how)
    {
        var changed = (byte[])packet.Clone();
        if (how == 0) changed[change % changed.Length] ^= (byte)(1 << (change % 8));
        return how == 1 ? changed[..Math.Min(change / 4, changed.Length)] : changed;
    }

    private static List<string> AssertSame(MarkRule[] rules, IReadOnlyList<Guard> guards, (byte[] Bytes, int Device)[] packets, LinkType linkType)
    {
        var expected = Outcome(rules, guards, packets, linkType, MarkEngine.Interpreter);
        Assert.Equal(expected, Outcome(rules, guards, packets, linkType, MarkEngine.Compiled));
        return expected;
    }

    private static List<string> Outcome(MarkRule[] rules, IReadOnlyList<Guard> guards, (byte[] Bytes, int Device)[] packets, LinkType linkType, MarkEngine engine)
    {
        using var test = new TestBundle(linkType, [.. packets.Select(p => p.Bytes)]);
        for (var i = 0; i < packets.Length; i++)
        {
            if (packets[i].Device < 0) continue;
            ref var packet = ref test.Bundle.Packets[i];
            (packet.Flags, packet.Rule, packet.Mark) = (PacketFlags.MarkedByDevice, packets[i].Device % (rules.Length + 1), 77);
        }

        var table = MarkTable.Compile(new RuleSet(3, rules, [], new SourceText("t", "")), guards, engine);
        var counters = table.NewCounters();
        table.Classify(test.Bundle, counters);
        var counts = Enumerable.Range(0, rules.Length + 1).Select(counters.Of).Concat(Enumerable.Range(0, guards.Count).Select(counters.OfGuard));
        return [.. test.Bundle.Packets.ToArray().Select(Verdict), .. counts.Select(c => c.ToString())];
    }

    private static string Verdict(Packet packet) =>
        $"{(packet.Has(PacketFlags.KeptOut) ? "kept " : "")}rule {packet.Rule} mark {packet.Mark}{(packet.Has(PacketFlags.SeveralRules) ? " several" : "")}{(packet.Has(PacketFlags.MarkedByDevice) ? " by device" : "")}";
}
