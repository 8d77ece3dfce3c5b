using CsCheck;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Ebpf;
using Pipeline.Nic.Rules.Guards;
using Pipeline.Nic.Tests.Rules.Exports;
using Pipeline.Nic.Tests.Rules.Guards;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules.Ebpf;

/// <summary>Guards in the kernel keep the packets that the interpreter keeps out, and count them.</summary>
public class XdpGuardTests
{
    private static readonly IReadOnlyList<Guard> All = KeepOutGuards.All(GuardPackets.Ports);

    [FactThatNeeds(Need.Root | Need.Corpus)]
    public void The_captures_packets_are_kept_by_the_same_guards()
    {
        var rules = KernelRun.SetOf([.. RuleText.Valid("rule web match l4+2:ffff:0050 mark 1 continue\nrule ip match 12:ffff:0800 mark 2/2").Rules]);
        using var program = LoadedXdpProgram.Load(XdpProgram.Compile(rules, All, KernelRun.TakeAll));
        var table = MarkTable.Compile(rules, All, MarkEngine.Interpreter);
        var counters = table.NewCounters();
        foreach (var file in EthernetCaptures.Files()) AssertSame(program, table, counters, [.. EthernetCaptures.Packets(file).Where(KernelRun.Fits)]);
        for (var guard = 0; guard < All.Count; guard++) Assert.Equal(counters.OfGuard(guard), program.CountOfGuard(guard));
        for (var rule = 0; rule <= 2; rule++) Assert.Equal(counters.Of(rule), program.Count(rule));
        foreach (var name in new[] { "arp", "nd", "icmp-errors", "dhcp", "l2-control" }) Assert.NotEqual(default, program.CountOfGuard(Place(name)));
    }

    [FactThatNeeds(Need.Root)]
    public void Random_rules_behind_guards_mark_as_the_interpreter_does() =>
        Gen.Select(RandomRules.Set, RandomRules.Packet.Array[1, 12]).Sample((rules, packets) =>
        {
            var set = KernelRun.SetOf(rules);
            using var program = LoadedXdpProgram.Load(XdpProgram.Compile(set, All, KernelRun.TakeAll));
            var table = MarkTable.Compile(set, All, MarkEngine.Interpreter);
            AssertSame(program, table, table.NewCounters(), [.. packets.Where(KernelRun.Fits)]);
        }, iter: Iterations.Of(100), threads: 1);

    [FactThatNeeds(Need.Root)]
    public void Chains_of_IPv6_headers_and_fragments_are_kept_as_by_the_interpreter()
    {
        var set = KernelRun.SetOf();
        using var program = LoadedXdpProgram.Load(XdpProgram.Compile(set, All, KernelRun.TakeAll));
        var table = MarkTable.Compile(set, All, MarkEngine.Interpreter);
        var counters = table.NewCounters();
        AssertSame(program, table, counters, [.. KeepOutGuardsTests.Packets.Concat(KeepOutGuardsTests.Chains).Select(p => GuardPackets.Ethernet((string)((object[])p)[1])).Where(KernelRun.Fits)]);
        RandomChains.Packet.Array[100].Sample(packets => AssertSame(program, table, counters, packets), iter: Iterations.Of(50), threads: 1);
        for (var guard = 0; guard < All.Count; guard++) Assert.Equal(counters.OfGuard(guard), program.CountOfGuard(guard));
    }

    [FactThatNeeds(Need.Root)]
    public void A_lifted_guard_keeps_nothing()
    {
        byte[] arp = [.. new byte[12], 8, 6, 0, 1, 8, 0, 6, 4, .. new byte[40]];
        using var kept = LoadedXdpProgram.Load(XdpProgram.Compile(RuleText.Valid("rule a match 12:ffff:0806 mark 1"), All, KernelRun.TakeAll));
        using var lifted = LoadedXdpProgram.Load(XdpProgram.Compile(RuleText.Valid("keep-out off arp\nrule a match 12:ffff:0806 mark 1"), All, KernelRun.TakeAll));
        Assert.Equal((false, new PacketTally(1, 60)), (kept.Run(arp).IsTaken, kept.CountOfGuard(Place("arp"))));
        Assert.Equal(1u, lifted.Run(arp).Metadata.Mark);
    }

    private static int Place(string guard) => All.Select(g => g.Name).ToList().IndexOf(guard);

    private static void AssertSame(LoadedXdpProgram program, MarkTable table, RuleCounters counters, byte[][] packets)
    {
        using var test = new TestBundle(LinkType.Ethernet, packets);
        table.Classify(test.Bundle, counters);
        for (var i = 0; i < packets.Length; i++)
        {
            var (packet, outcome) = (test.Bundle.Packets[i], program.Run(packets[i]));
            Assert.Equal((packet.Has(PacketFlags.KeptOut), packet.Mark, packet.Rule), (!outcome.IsTaken, outcome.Metadata.Mark, outcome.Metadata.Rule));
        }
    }
}
