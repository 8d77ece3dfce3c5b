using CsCheck;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Ebpf;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules.Ebpf;

/// <summary>
/// Rules in the kernel's XDP hook give the verdicts, marks and counts of the interpreter. The kernel runs the loaded programs on packets
/// without any device. It takes none of less than 14 bytes, and knows no length on the wire but that of the bytes.
/// </summary>
public class XdpEqualityTests
{
    private const int LeastBytes = 14;

    private static readonly XdpVerdict[] TakeAll = [new XdpVerdict(0, 0, true)];

    [FactThatNeeds(Need.Root)]
    public void Random_rules_mark_random_packets_as_the_interpreter_does() =>
        Gen.Select(RandomRules.Set, RandomRules.Packet.Array[1, 12]).Sample((rules, packets) => AssertSame(rules, packets), iter: Iterations.Of(300), threads: 1);

    [FactThatNeeds(Need.Root)]
    public void Rules_that_share_tuples_mark_as_the_interpreter_does() =>
        Gen.Select(RandomRules.CrowdedSet, RandomRules.Packet.Array[1, 40]).Sample((rules, packets) => AssertSame(rules, packets), iter: Iterations.Of(100), threads: 1);

    [FactThatNeeds(Need.Root)]
    public void Long_conjunctions_mark_as_the_interpreter_does() =>
        RandomRules.SetThatFitsPackets.Sample((rules, packets) => AssertSame(rules, packets), iter: Iterations.Of(100), threads: 1);

    private static void AssertSame(MarkRule[] rules, byte[][] packets)
    {
        var fitting = packets.Where(p => p.Length >= LeastBytes).ToArray();
        var set = new RuleSet(3, rules, [], new SourceText("t", ""));
        using var program = LoadedXdpProgram.Load(XdpProgram.Compile(set, TakeAll));
        Assert.Empty(program.Program.Refused);
        using var test = new TestBundle(LinkType.Ethernet, fitting);
        var counters = new RuleCounters(rules.Length);
        MarkTable.Compile(set, MarkEngine.Interpreter).Classify(test.Bundle, counters);
        for (var i = 0; i < fitting.Length; i++) Assert.Equal(Expected(test.Bundle.Packets[i], rules.Length), program.Run(fitting[i]));
        for (var rule = 0; rule <= rules.Length; rule++) Assert.Equal(counters.Of(rule), program.Count(rule));
    }

    private static XdpOutcome Expected(Packet packet, int rules)
    {
        var several = packet.Has(PacketFlags.SeveralRules) ? 1u << XdpMetadata.SeveralBit : 0;
        return new XdpOutcome(true, new XdpMetadata(packet.Mark, 3, (uint)packet.Rule | several, (uint)rules));
    }
}
