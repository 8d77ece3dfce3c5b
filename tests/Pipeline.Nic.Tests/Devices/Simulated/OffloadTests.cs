using CsCheck;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Tests.Rules;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.Simulated;

/// <summary>Marks written by the simulated hardware, by software, and by both together are the same.</summary>
public class OffloadTests
{
    private static readonly SimulatedOptions Options = new() { Packets = 2000, Flows = 40, Pages = 64 };

    private static readonly Gen<string> Rule = Gen.OneOf(
        Gen.Int[0, 63].Select(flow => Perfect(flow, asksForLength: flow % 2 == 0)),
        Gen.Select(Gen.OneOf(12, 20, 23, 26, 34, 36, 37, 600), Gen.OneOf("01", "80", "ff", "ffff", "000f", "00"), Gen.Int[0, 255]).Select((at, mask, value) => $"match {at}:{mask}:{Masked(mask, value)}"),
        Gen.OneOf("match 12:ffff:0800 23:ff:06", "match 12:ffff:86dd", "match l3+9:ff:11", "match [14:0f<<2]+16:ffff:0035", "match 36:ffff:0035 12:ffff:0800"));

    internal static readonly Gen<string> Rules = Gen.Select(Rule, Gen.Frequency((9, Gen.Const("")), (1, Gen.Const(" continue"))), Gen.Int[1, 255]).Array[0, 12]
        .Select(rules => string.Join('\n', rules.Select((r, i) => $"rule r{i} {r.Item1} mark {r.Item3}{(r.Item3 % 5 == 0 ? "/0x0f" : "")}{r.Item2}")));

    [Fact]
    public void Any_rules_mark_and_count_alike_with_tables_of_any_size() =>
        Gen.Select(Rules, Gen.Int[0, 6], Gen.Int[0, 6]).Sample((text, perfect, u32) =>
        {
            var options = Options with { PerfectFilters = perfect, U32Filters = u32 };
            Assert.Equal(Marks(options, text, offload: false, out _), Marks(options, text, offload: true, out var report));
            Assert.Equal(RuleText.Valid(text).Rules.Count, report!.Rules + report.Refused.Count);
        }, iter: 300);

    [Fact]
    public void Packets_the_device_is_done_with_are_not_looked_at_by_software()
    {
        using var run = new SimulatedRun(Options);
        var rules = RuleText.Valid("rule all match 12:00:0 mark 7");
        run.Nic.Offload.Load(OffloadedRules.TakingAll(rules, []));

        run.Receive(0);

        Assert.All(run.Packets, p => Assert.True(p.Descriptor.Has(PacketFlags.MarkedByDevice) && p.Mark == 7 && p.Descriptor.Rule == 1));
    }

    [Fact]
    public void Marks_of_another_generation_are_taken_back()
    {
        var old = RuleText.Valid("rule all match 12:00:0 mark 7");
        var table = MarkTable.Compile(RuleText.Valid("rule none match 12:ffff:ffff mark 9") with { Generation = old.Generation + 1 });
        table.GoOnBehind(1);
        using var nic = SimulatedNic.Open(Options);
        nic.Offload.Load(OffloadedRules.TakingAll(old, []));

        var (marks, counters) = Classify(nic, table);

        Assert.All(marks, m => Assert.Equal("rule 0 mark 0", m));
        Assert.Equal(2000, counters.Unmatched.Packets);
    }

    [Theory]
    [InlineData("rule a match 12:ffff:0800 mark 1 continue", "`continue`")]
    [InlineData("rule a match l4+2:ffff:0035 mark 1", "`l4+2:ffff:0035` reads at a place that is computed")]
    [InlineData("rule a match [14:0f<<2]+16:ffff:0035 mark 1", "computed")]
    public void A_rule_that_the_hardware_cannot_express_is_named_with_the_reason(string rule, string reason)
    {
        using var nic = SimulatedNic.Open(Options);

        var report = Load(nic, $"rule first match 23:ff:06 mark 1\n{rule}\nrule last match 23:ff:06 mark 1");

        Assert.Equal(1, report.Rules);
        Assert.Equal(["a", "last"], report.Refused.Select(r => r.Rule.Name));
        Assert.Contains(reason, report.Refused[0].Reason);
        Assert.Contains("behind `a`", report.Refused[1].Reason);
    }

    [Fact]
    public void A_whole_tuple_goes_into_the_perfect_table_and_what_is_full_is_said()
    {
        using var nic = SimulatedNic.Open(Options with { PerfectFilters = 1, U32Filters = 1 });

        var report = Load(nic, $"rule a {Perfect(1, true)} mark 1\nrule b {Perfect(2, false)} mark 1\nrule c match 23:ff:06 mark 1");

        Assert.Equal("1 of 1 perfect filters, 1 of 1 u32 filters", report.Tables);
        Assert.Contains("the u32 table is full", Assert.Single(report.Refused).Reason);
    }

    private static OffloadReport Load(SimulatedNic nic, string text) => nic.Offload.Load(OffloadedRules.TakingAll(RuleText.Valid(text), []));

    private static List<string> Marks(SimulatedOptions options, string text, bool offload, out OffloadReport? report)
    {
        var table = MarkTable.Compile(RuleText.Valid(text));
        using var nic = SimulatedNic.Open(options);
        report = offload ? nic.Offload.Load(OffloadedRules.TakingAll(table.Rules, [])) : null;
        if (report is { Rules: > 0 }) table.GoOnBehind(report.Rules);
        var (marks, counters) = Classify(nic, table);
        return [.. marks, .. Enumerable.Range(0, table.Rules.Rules.Count + 1).Select(i => counters.Of(i).ToString())];
    }

    private static (List<string> Marks, RuleCounters Counters) Classify(SimulatedNic nic, MarkTable table)
    {
        var (marks, counters) = (new List<string>(), new RuleCounters(table.Rules.Rules.Count));
        var (bundles, account) = (new BundlePool(64), new PacketAccount("test", AccountKind.Consumer));
        foreach (var queue in nic.Queues)
        {
            while (true)
            {
                using var bundle = bundles.Rent(queue.DeviceShare, account, NicInterface.Unknown);
                if (queue.Receive(bundle) == ReceiveStatus.End) break;
                table.Classify(bundle, counters);
                foreach (var packet in bundle.Packets) marks.Add($"rule {packet.Rule} mark {packet.Mark}{(packet.Has(PacketFlags.SeveralRules) ? " several" : "")}");
            }
        }

        return (marks, counters);
    }

    /// <summary>The 5-tuple of one of the IPv4 flows of the traffic.</summary>
    private static string Perfect(int flow, bool asksForLength)
    {
        var packet = Flows.Value[flow % Flows.Value.Count];
        string Hex(int at, int count) => Convert.ToHexString(packet, at, count);
        return $"match 12:ffff:0800 {(asksForLength ? "14:ff:45 " : "")}23:ff:{Hex(23, 1)} 26:ffffffff:{Hex(26, 4)} 30:ffffffff:{Hex(30, 4)} 34:ffffffff:{Hex(34, 4)}";
    }

    private static readonly Lazy<List<byte[]>> Flows = new(() =>
    {
        using var run = SimulatedRun.ToEnd(Options);
        return [.. run.Packets.Select(p => p.Bytes).Where(b => b[12] == 8).DistinctBy(b => Convert.ToHexString(b, 26, 12))];
    });

    private static string Masked(string mask, int value) => ((uint)(value | (value << 8)) & Convert.ToUInt32(mask, 16)).ToString($"x{mask.Length}");
}
