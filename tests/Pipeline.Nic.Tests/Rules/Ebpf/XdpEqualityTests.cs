using CsCheck;
using Pipeline.Nic.Tests.Rules.Exports;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules.Ebpf;

/// <summary>Rules in the kernel's XDP hook give the verdicts, marks and counts of the interpreter.</summary>
public class XdpEqualityTests
{
    [FactThatNeeds(Need.Root)]
    public void Random_rules_mark_random_packets_as_the_interpreter_does() =>
        Gen.Select(RandomRules.Set, RandomRules.Packet.Array[1, 12]).Sample((rules, packets) => { KernelRun.AssertSame(rules, packets); }, iter: Iterations.Of(500), threads: 1);

    [FactThatNeeds(Need.Root)]
    public void Rules_that_share_tuples_mark_as_the_interpreter_does() =>
        Gen.Select(RandomRules.CrowdedSet, RandomRules.Packet.Array[1, 40]).Sample((rules, packets) => { KernelRun.AssertSame(rules, packets); }, iter: Iterations.Of(150), threads: 1);

    [FactThatNeeds(Need.Root)]
    public void Long_conjunctions_mark_as_the_interpreter_does() =>
        RandomRules.SetThatFitsPackets.Sample((rules, packets) => { KernelRun.AssertSame(rules, packets); }, iter: Iterations.Of(100), threads: 1);

    [FactThatNeeds(Need.Root)]
    public void Chains_of_IPv6_headers_are_followed_the_same_way()
    {
        var rules = RuleText.Valid("rule a match l4+0:00:00 mark 1 continue\nrule b match l4+0:ff:35 mark 2/2 continue\nrule c match l4+1:01:01 mark 4/4").Rules.ToArray();
        var marks = new HashSet<uint>();
        RandomChains.Packet.Array[100].Sample(packets => marks.UnionWith(KernelRun.AssertSame(rules, packets)), iter: Iterations.Of(50), threads: 1);
        Assert.Equal(new uint[] { 0, 1, 3, 5, 7 }, marks.Order());
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData("30:ffffff00:{0:x6}00", 10_000)]
    [InlineData("26:ffffffffffffffff:{0:x8}0a000000", 5000)]
    [InlineData("l3+0:f0:40 l3+12:ffffffff:{0:x8} l4+2:ffff:{1:x4}", 5000)]
    [InlineData("0:ffffffffffff:00000000{1:x4} 6:ffffffffffff:0000{0:x8} 20:ffffffff:{0:x8}", 3000)]
    public void Thousands_of_rules_of_one_tuple_mark_as_the_interpreter_does(string terms, int count)
    {
        var rules = RuleText.Valid(string.Join('\n', Enumerable.Range(0, count).Select(i => $"rule r{i} match {string.Format(terms, i, i & 0xffff)} mark {i + 1}"))).Rules.ToArray();
        var packets = new[] { 0, 1, count / 2, count - 1, count }.Select(i => FittingPacket.For(string.Format(terms, i, i & 0xffff))).ToArray();
        Assert.Equal([1u, 2, (uint)(count / 2) + 1, (uint)count, 0], KernelRun.AssertSame(rules, packets));
    }

    [FactThatNeeds(Need.Root | Need.Libpcap)]
    public void Filters_among_terms_mark_as_the_interpreter_does()
    {
        string[] expressions = ["ip", "tcp", "udp port 53 or len > 60", "ip[ip[0]&15] > 7", "vlan and ip6", "ether[3] & 0x5 != 0", "ip[1] / ip[2] > 1", "ip[0] << ip[1] > 3", "ip6[40] % ip6[41] = 1"];
        var filters = Gen.Select(Gen.OneOf(expressions), Gen.Int[0, 99], Gen.Bool).Array[1, 3];
        Gen.Select(Gen.OneOf(RandomRules.Set, RandomRules.CrowdedSet), filters, RandomRules.Packet.Array[1, 12])
            .Sample((rules, among, packets) => { KernelRun.AssertSame(RandomRules.With(rules, among), packets); }, iter: Iterations.Of(150), threads: 1);
    }

    [FactThatNeeds(Need.Root | Need.Corpus)]
    public void The_captures_packets_get_the_same_marks()
    {
        var rules = RuleText.ForCaptures().Rules.ToArray();
        var marks = new List<uint>();
        foreach (var file in EthernetCaptures.Files()) marks.AddRange(KernelRun.AssertSame(rules, [.. EthernetCaptures.Packets(file)]));
        Assert.True(marks.Count > 5000, $"{marks.Count} packets");
        foreach (var rule in rules) Assert.Contains(marks, m => (m & rule.MarkMask) == rule.Mark);
    }
}
