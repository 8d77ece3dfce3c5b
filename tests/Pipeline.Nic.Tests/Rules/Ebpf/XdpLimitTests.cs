using System.Diagnostics;
using CsCheck;
using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Rules.Ebpf;
using Pipeline.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace Pipeline.Nic.Tests.Rules.Ebpf;

/// <summary>Rule sets that nobody would write, but somebody might send: the kernel takes what is compiled of them, and the rest is software's.</summary>
public class XdpLimitTests(ITestOutputHelper output)
{
    [TheoryThatNeeds(Need.Root)]
    [InlineData("tuples", 2000, "rule r{0} match {1}:{2:x2}:{2:x2} mark {0}")]
    [InlineData("computed places", 2000, "rule r{0} match [{1}:{2:x2}<<1][1:3f]+3:{2:x2}:00 l4+{1}:80:80 mark {0}")]
    [InlineData("wide conjunctions", 1000, "rule r{0} match {1}:ffffffffffffffff:01 8:ffffffffffffffff:{2:x2} 20:ffffffffffffffff:02 29:ffffffffffffffff:03 40:ffffffffffffffff:{0:x} mark {0}")]
    public void A_program_as_long_as_one_can_be_is_taken_by_the_kernel(string kind, int count, string pattern)
    {
        using var loaded = Load(kind, count, pattern);
        Assert.InRange(loaded.Program.Rules, 300, count - 1);
        Assert.InRange(loaded.Program.Length, XdpCost.Most * 3 / 4, EbpfAssembler.MostInstructions);
        Assert.Equal("the program is as long as one can be", loaded.Program.Refused[0].Reason);
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData("continuing tuples", 400, "rule r{0} match {1}:{2:x2}:{2:x2} mark {0}/0xffff continue")]
    [InlineData("rules that alternate", 200, "rule r{0} match {1}:{2:x2}:00 mark {0}\nrule s{0} match {1}:{2:x2}:{2:x2} mark 1/1 continue")]
    public void Hundreds_of_rules_that_continue_are_taken_by_the_kernel(string kind, int count, string pattern)
    {
        using var loaded = Load(kind, count, pattern);
        Assert.Empty(loaded.Program.Refused);
    }

    [FactThatNeeds(Need.Root | Need.Libpcap)]
    public void As_many_filters_as_there_is_room_for_are_taken_by_the_kernel()
    {
        var text = string.Join('\n', Enumerable.Range(0, 400).Select(i => $"rule r{i} filter \"(tcp port {i + 1} and host 10.0.0.{i % 250}) or (ip6 and udp portrange {i}-{i + 10}) or vlan {i}\" mark {i}"));
        var program = XdpProgram.Compile(RuleText.Valid(text), [], KernelRun.TakeAll);
        var watch = Stopwatch.StartNew();
        using var loaded = LoadedXdpProgram.Load(program);
        output.WriteLine($"{program.Rules} rules, {program.Length} instructions, loaded in {watch.ElapsedMilliseconds} ms");
        Assert.InRange(program.Rules, 10, 399);
    }

    [FactThatNeeds(Need.Root)]
    public void More_tuples_with_tables_than_a_program_may_have_are_left_to_software()
    {
        var text = string.Join('\n', Enumerable.Range(0, 600).Select(i => $"rule r{i} match {i / 10}:ff:{i % 10:x2} mark {i}"));
        var program = XdpProgram.Compile(RuleText.Valid(text), [], KernelRun.TakeAll);
        using var loaded = LoadedXdpProgram.Load(program);
        Assert.Equal((10 * XdpPlanner.MostMaps) + TupleEntries, program.Rules);
        Assert.Equal($"more than {XdpPlanner.MostMaps} tuples have more values than are compared one by one", program.Refused[0].Reason);
        Assert.Equal($"stands behind `r{program.Rules}`, and rules are tried in order", program.Refused[1].Reason);
    }

    [FactThatNeeds(Need.Root)]
    public void A_hundred_thousand_rules_of_one_tuple_are_loaded()
    {
        var text = string.Join('\n', Enumerable.Range(0, 100_000).Select(i => $"rule r{i} match 30:ffffffff:{i:x8} mark {i + 1}"));
        using var loaded = LoadedXdpProgram.Load(XdpProgram.Compile(RuleText.Valid(text), [], KernelRun.TakeAll));
        Assert.Equal(100_000u, loaded.Run([.. new byte[30], 0, 1, 0x86, 0x9f]).Metadata.Mark);
    }

    [FactThatNeeds(Need.Root)]
    public void Rules_beyond_any_packet_match_none()
    {
        var program = XdpProgram.Compile(RuleText.Valid("rule a match 2147483647:ffff:0 mark 1\nrule b match [40000:ff]+1:ff:0 mark 2\nrule c match l3+31999:ff:0 mark 3\nrule d match [3:ffffffffffffffff<<63]+0:00:0 [0:ff<<40]+8:00:0 mark 4"), [], KernelRun.TakeAll);
        using var loaded = LoadedXdpProgram.Load(program);
        Assert.Equal(4, program.Rules);
        Assert.Equal(4u, loaded.Run(new byte[1000]).Metadata.Mark);
        Assert.Equal(0u, loaded.Run([1, .. new byte[999]]).Metadata.Mark);
    }

    [Fact]
    public void What_questions_are_taken_to_cost_is_never_less_than_what_they_take()
    {
        var none = XdpProgram.Compile(KernelRun.SetOf(), [], KernelRun.TakeAll).Length;
        Gen.OneOf(RandomRules.Set, RandomRules.CrowdedSet, RandomRules.SetThatFitsPackets.Select(s => s.Rules)).Sample(rules =>
        {
            var program = XdpProgram.Compile(KernelRun.SetOf(rules), [], KernelRun.TakeAll);
            var headers = program.Plan.UsesL4 ? 480 : program.Plan.UsesL3 ? 60 : 0;
            Assert.True(program.Length <= none + headers + program.Plan.Cost, $"{program.Length} instructions, taken for {program.Plan.Cost}\n{string.Join('\n', rules.Select(r => r.ToString()))}");
        }, iter: Iterations.Of(1000));
    }

    private const int TupleEntries = 4;

    private LoadedXdpProgram Load(string kind, int count, string pattern)
    {
        var text = string.Join('\n', Enumerable.Range(0, count).Select(i => string.Format(pattern, i, 42 + (i % 900), (i / 900) + 1)));
        var program = XdpProgram.Compile(RuleText.Valid(text), [], KernelRun.TakeAll);
        var watch = Stopwatch.StartNew();
        var loaded = LoadedXdpProgram.Load(program);
        output.WriteLine($"{kind}: {program.Rules} rules, {program.Length} instructions, loaded in {watch.ElapsedMilliseconds} ms");
        return loaded;
    }
}
