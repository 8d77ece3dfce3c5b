using CsCheck;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Ebpf;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules.Ebpf;

/// <summary>Which packets a program takes, and what it says of those.</summary>
public class XdpVerdictTests
{
    private static readonly MarkVerdict[] TakeTwo =
        [new(2, 0xff, PacketVerdict.Take), new(0x10, 0xf0, PacketVerdict.Pass), new(0x10000, 0x10000, PacketVerdict.Take)];

    [FactThatNeeds(Need.Root)]
    public void A_verdict_that_takes_leaves_its_packets_with_the_kernel_while_it_is_told_so()
    {
        using var program = LoadedXdpProgram.Load(XdpProgram.Compile(RuleText.Valid("rule a match 0:ff:2 mark 2\nrule b match 0:ff:3 mark 0x10000"), [], TakeTwo));
        byte[] two = [2, .. new byte[59]], three = [3, .. new byte[59]];
        program.Leave(0, isLeft: true);
        Assert.Equal((false, true), (program.Run(two).IsTaken, program.Run(three).IsTaken));
        program.Leave(0, isLeft: false);
        program.Leave(2, isLeft: true);
        Assert.Equal((true, false), (program.Run(two).IsTaken, program.Run(three).IsTaken));
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData(0x02, true)]
    [InlineData(0x03, false)]
    [InlineData(0x10002, true)]
    [InlineData(0x10012, false)]
    [InlineData(0x10003, true)]
    [InlineData(0, false)]
    public void The_first_verdict_that_holds_decides_and_none_leaves_a_packet_with_the_kernel(int mark, bool taken)
    {
        using var program = LoadedXdpProgram.Load(XdpProgram.Compile(RuleText.Valid($"rule a match 0:00:00 mark 0x{mark:x}"), [], TakeTwo));
        Assert.Equal(taken, program.Run(new byte[60]).IsTaken);
    }

    [FactThatNeeds(Need.Root)]
    public void What_software_needs_a_copy_of_it_gets_because_the_program_makes_none()
    {
        MarkVerdict[] verdicts = [new(1, 1, PacketVerdict.Copy), new(2, 2, PacketVerdict.Pass), new(4, 4, PacketVerdict.Take)];
        for (var mark = 0u; mark < 8; mark++)
        {
            var rules = RuleText.Valid($"rule a match 0:00:00 mark {mark}");
            var wanted = new OffloadedRules { Rules = rules, Guards = [], Verdicts = verdicts }.VerdictOf(mark);
            using var program = LoadedXdpProgram.Load(XdpProgram.Compile(rules, [], verdicts));
            Assert.Equal(wanted != PacketVerdict.Pass, program.Run(new byte[60]).IsTaken);
        }

        using var copying = LoadedXdpProgram.Load(XdpProgram.Compile(RuleText.Valid("rule a match 0:00:00 mark 1"), [], verdicts[..1]));
        Assert.True(copying.Run(new byte[60]).IsTaken);
    }

    [FactThatNeeds(Need.Root)]
    public void Packets_that_stay_with_the_kernel_are_counted_too()
    {
        using var program = LoadedXdpProgram.Load(XdpProgram.Compile(RuleText.Valid("rule a match 0:ff:1 mark 1\nrule b match 0:ff:2 mark 2"), [], TakeTwo));
        foreach (byte first in (byte[])[1, 2, 2, 3]) program.Run([first, .. new byte[59]]);
        Assert.Equal([new PacketTally(1, 60), new PacketTally(1, 60), new PacketTally(2, 120)], Enumerable.Range(0, 3).Select(program.Count));
    }

    [FactThatNeeds(Need.Root | Need.Libpcap)]
    public void Behind_a_rule_that_stays_in_software_undecided_packets_are_taken_with_the_place_to_go_on_from()
    {
        var rules = RuleText.Valid("rule a match 0:ff:1 mark 1\nrule b match 0:ff:2 mark 2\nrule loop filter \"ip6 protochain 6\" mark 3\nrule c match 0:ff:4 mark 4");
        using var program = LoadedXdpProgram.Load(XdpProgram.Compile(rules, [], TakeTwo));
        Assert.Equal(["loop", "c"], program.Program.Refused.Select(r => r.Rule.Name));
        Assert.Equal(new XdpOutcome(false, default), program.Run([1, .. new byte[59]]));
        Assert.Equal(new XdpOutcome(true, new XdpMetadata(2, 1, 2, 2)), program.Run([2, .. new byte[59]]));
        Assert.Equal(new XdpOutcome(true, new XdpMetadata(0, 1, 0, 2)), program.Run([4, .. new byte[59]]));
    }

    [FactThatNeeds(Need.Libpcap)]
    public void Rules_that_continue_are_left_to_software_with_those_behind_them_that_have_to_be()
    {
        var rules = RuleText.Valid("rule a match 0:ff:1 mark 1\nrule b match 0:ff:2 mark 2 continue\nrule loop filter \"ip6 protochain 6\" mark 3");
        var program = XdpProgram.Compile(rules, [], TakeTwo);
        Assert.Equal(1, program.Rules);
        Assert.Equal(
            "says `continue`, and rules behind it are left to software: 'loop', because its filter has a loop, as protochain does, and the kernel's verifier cannot see that it ends",
            program.Refused[0].Reason);
    }

    [FactThatNeeds(Need.Root)]
    public void Without_rules_every_packet_is_unmatched_and_stays()
    {
        using var program = LoadedXdpProgram.Load(XdpProgram.Compile(KernelRun.SetOf(), [], []));
        Assert.False(program.Run(new byte[60]).IsTaken);
        Assert.Equal(new PacketTally(1, 60), program.Count(0));
    }

    [FactThatNeeds(Need.Root | Need.Libpcap)]
    public void The_kernels_part_of_the_rules_and_softwares_together_mark_as_all_rules_do() =>
        Gen.Select(RandomRules.CrowdedSet, Gen.Int[0, 99], RandomRules.Packet.Array[1, 20]).Sample((rules, at, packets) =>
        {
            var set = KernelRun.SetOf(RandomRules.With(rules, [("ip6 protochain 6", at, false)]));
            var fitting = packets.Where(KernelRun.Fits).ToArray();
            using var program = LoadedXdpProgram.Load(XdpProgram.Compile(set, [], KernelRun.TakeAll));
            using var together = new TestBundle(LinkType.Ethernet, fitting);
            for (var i = 0; i < fitting.Length; i++) program.Run(fitting[i]).Metadata.WriteTo(ref together.Bundle.Packets[i], set.Rules.Count);
            together.Bundle.MarkedBy = new MarkedByDevice(set.Generation, program.Program.Rules);
            using var expected = new TestBundle(LinkType.Ethernet, fitting);
            Assert.Equal(Marks(set, expected.Bundle, deviceRules: 0), Marks(set, together.Bundle, program.Program.Rules));
        }, iter: Iterations.Of(100), threads: 1);

    private static List<(int, uint, bool)> Marks(RuleSet rules, PageBundle bundle, int deviceRules)
    {
        var table = MarkTable.Compile(rules);
        if (deviceRules > 0) table.GoOnBehind(deviceRules);
        table.Classify(bundle, table.NewCounters());
        return [.. bundle.Packets.ToArray().Select(p => (p.Rule, p.Mark, p.Has(PacketFlags.SeveralRules)))];
    }
}
