using Pipeline.Actors.Configuration;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Guards;
using Xunit;

namespace Pipeline.Actors.Tests.Generations;

/// <summary>Packets of IPv4 and UDP in Ethernet, told apart by their destination port.</summary>
public sealed class RuleComparisonTests : IDisposable
{
    private const string Dns = "rule dns match 36:ffff:0035 mark 0x10\n";
    private const string Web = "rule web match 36:ffff:0050 mark 0x20\n";

    private static readonly RouteOptions[] Routes =
    [
        new() { To = "log", Mark = 0x30, MarkMask = uint.MaxValue, Copy = true },
        new() { To = "dns-handler", Mark = 0x10, MarkMask = uint.MaxValue },
    ];

    private readonly PacketSource _source = PacketSource.OneToAPage();

    public void Dispose() => _source.Dispose();

    [Fact]
    public void Packets_that_would_go_another_way_are_told_by_flow_and_by_kind()
    {
        var diff = Compare("", Dns, Udp(1000, 53), Udp(53, 1000, backwards: true), Udp(1001, 53), Udp(1002, 99));

        Assert.Equal((4, 2, 0), (diff.Compared.Packets, diff.Rerouted.Packets, diff.Remarked.Packets));
        var shift = Assert.Single(diff.Shifts);
        Assert.Equal((new RuleVerdict(null, 0, "stack"), new RuleVerdict("dns", 0x10, "dns-handler")), (shift.Before, shift.After));
        Assert.Equal((2, 2), (shift.Packets.Packets, shift.Flows));
        Assert.Equal(["udp 10.0.0.1:1000 10.0.0.2:53", "udp 10.0.0.1:1001 10.0.0.2:53"], diff.Flows.Select(f => f.Flow));
    }

    [Fact]
    public void Both_directions_are_one_flow()
    {
        var diff = Compare("", "rule all match 0:00:00 mark 0x10\n", Udp(1000, 53), Udp(53, 1000, backwards: true), Udp(1000, 53));

        Assert.Equal(("udp 10.0.0.1:1000 10.0.0.2:53", 3), (Assert.Single(diff.Flows).Flow, diff.Flows[0].Packets.Packets));
    }

    [Fact]
    public void Another_mark_on_the_same_way_is_told_apart()
    {
        var diff = Compare("", Web, Udp(1000, 80));

        Assert.Equal((0, 1, "stack"), (diff.Rerouted.Packets, diff.Remarked.Packets, diff.Shifts[0].After.Route));
    }

    [Fact]
    public void A_copy_more_is_another_way()
    {
        var diff = Compare(Dns, Dns.Replace("0x10", "0x30"), Udp(1000, 53));

        Assert.Equal((1, "copy to log, stack"), (diff.Rerouted.Packets, diff.Shifts[0].After.Route));
    }

    [Fact]
    public void A_guard_that_is_lifted_lets_packets_go_another_way()
    {
        var comparison = new RuleComparison(
            RuleTexts.Set(Dns), RuleTexts.Set("keep-out off ssh\n" + Dns), Routes, guards: [new Guard("ssh", [(TermRule)RuleTexts.Set(Dns).Rules[0]])]);
        using var bundle = _source.BundleOf(Udp(1000, 53), Udp(1000, 80));

        comparison.Add(bundle);

        var shift = Assert.Single(comparison.Result().Shifts);
        Assert.Equal((new RuleVerdict(null, 0, "stack") { IsKeptOut = true }, new RuleVerdict("dns", 0x10, "dns-handler")), (shift.Before, shift.After));
        Assert.Equal(1, comparison.Result().Rerouted.Packets);
    }

    [Fact]
    public void Another_name_or_order_that_leaves_the_marks_changes_nothing()
    {
        var diff = Compare(Dns + Web, Web + Dns.Replace("dns", "names"), Udp(1000, 53), Udp(1000, 80));

        Assert.Equal((2, 0, 0), (diff.Compared.Packets, diff.Shifts.Count, diff.Flows.Count));
    }

    [Fact]
    public void Kinds_and_flows_with_the_most_packets_come_first()
    {
        var diff = Compare("", Dns + Web, Udp(1, 80), Udp(2, 53), Udp(3, 53), Udp(3, 53));

        Assert.Equal(["dns", "web"], diff.Shifts.Select(s => s.After.Rule));
        Assert.Equal("udp 10.0.0.1:3 10.0.0.2:53", diff.Flows[0].Flow);
    }

    [Fact]
    public void Flows_beyond_the_bound_are_one_sum()
    {
        var diff = Compare("", Dns, 3, [.. Enumerable.Range(1, 10).Select(port => Udp((ushort)port, 53))]);

        Assert.Equal((3, 7, 10, 0), (diff.Flows.Count, diff.BeyondFlows.Packets, diff.Shifts[0].Packets.Packets, diff.BeyondShifts.Packets));
    }

    [Fact]
    public void Kinds_of_change_beyond_the_bound_are_one_sum()
    {
        var rules = string.Concat(Enumerable.Range(1, 10).Select(i => $"rule r{i} match 36:ffff:{i:x4} mark {i}\n"));

        var diff = Compare("", rules, 4, [.. Enumerable.Range(1, 10).Select(i => Udp(1, (ushort)i))]);

        Assert.Equal((4, 6, 6), (diff.Shifts.Count, diff.BeyondShifts.Packets, diff.BeyondFlows.Packets));
        Assert.Equal(10, diff.Rerouted.Packets + diff.Remarked.Packets);
    }

    private static byte[] Udp(ushort from, ushort to, bool backwards = false)
    {
        var packet = new byte[60];
        (packet[12], packet[14], packet[23]) = (0x08, 0x45, 17);
        (packet[26], packet[29], packet[30], packet[33]) = (10, (byte)(backwards ? 2 : 1), 10, (byte)(backwards ? 1 : 2));
        (packet[34], packet[35], packet[36], packet[37]) = ((byte)(from >> 8), (byte)from, (byte)(to >> 8), (byte)to);
        return packet;
    }

    private RuleDiff Compare(string before, string after, params byte[][] packets) => Compare(before, after, RuleComparison.MostEntries, packets);

    private RuleDiff Compare(string before, string after, int mostEntries, params byte[][] packets)
    {
        var comparison = new RuleComparison(RuleTexts.Set(before), RuleTexts.Set(after), Routes, mostEntries);
        foreach (var packet in packets)
        {
            using var bundle = _source.BundleOf(packet);
            comparison.Add(bundle);
        }

        return comparison.Result();
    }
}
