using System.Text.RegularExpressions;
using Pipeline.Nic.Rules.Exports;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules.Exports;

/// <summary>An exported script that is run again leaves what it left before, by the real <c>tc</c>.</summary>
public sealed partial class TcAgainTests
{
    private const string Rules = """
        rule dns match 12:ffff:0800 23:ff:11 l4+2:ffff:0035 mark 0x10/0xff continue
        rule http match 23:ff:06 [14:0f<<2][26:f0>>2]+14:ffff:4745 mark 0x30/0xff
        rule arp match 12:ffff:0806 mark 0x20
        """;

    private static string Of(string rules, ExportTarget target) => RuleExport.Of(RuleText.Valid(rules), target, TcWire.Interface).Text;

    [TheoryThatNeeds(Need.Root)]
    [InlineData(ExportTarget.TcU32)]
    [InlineData(ExportTarget.Cbpf)]
    public void A_second_run_leaves_the_same_filters(ExportTarget target)
    {
        using var wire = new TcWire();
        wire.Load(Of(Rules, target));
        var once = Filters(wire);

        wire.Load(Of(Rules, target));

        Assert.True(once.Count > 5, string.Join('\n', once));
        Assert.Equal(once, Filters(wire));
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData(ExportTarget.TcU32, ExportTarget.TcU32)]
    [InlineData(ExportTarget.TcU32, ExportTarget.Cbpf)]
    [InlineData(ExportTarget.Cbpf, ExportTarget.TcU32)]
    public void Nothing_of_other_rules_stays(ExportTarget before, ExportTarget after)
    {
        const string Fewer = "rule arp match 12:ffff:0806 mark 0x20";
        using var wire = new TcWire();
        wire.Load(Of(Fewer, after));
        var expected = Filters(wire);
        wire.Load(Of(Rules, before));

        wire.Load(Of(Fewer, after));

        Assert.Equal(expected, Filters(wire));
    }

    [FactThatNeeds(Need.Root)]
    public void A_filter_of_somebody_else_stays_where_it_is()
    {
        using var wire = new TcWire();
        Assert.Equal(0, wire.Run($"tc filter add dev {TcWire.Interface} ingress pref 1020 protocol ip u32 match u32 0 0 at 0 flowid 1:1").ExitCode);
        wire.Load(Of(Rules, ExportTarget.TcU32));

        wire.Load(Of(Rules, ExportTarget.TcU32));

        Assert.Single(Filters(wire), f => f.Contains("pref 1020 ", StringComparison.Ordinal) && f.Contains("flowid 1:1", StringComparison.Ordinal));
    }

    [FactThatNeeds(Need.Root)]
    public void The_loop_that_begins_a_second_run_is_the_undo()
    {
        using var wire = new TcWire();
        var before = Filters(wire);
        var script = Of(Rules, ExportTarget.Cbpf);
        wire.Load(script);

        wire.Load(script[script.IndexOf("for pref", StringComparison.Ordinal)..(script.IndexOf("\ndone\n", StringComparison.Ordinal) + 6)]);

        Assert.Equal(before, Filters(wire));
    }

    /// <summary>The filters in force, without the numbers that the kernel gives anew each time.</summary>
    private static List<string> Filters(TcWire wire) =>
    [
        .. wire.Run($"tc filter show dev {TcWire.Interface} ingress").Output.Split('\n')
            .Select(l => Given().Replace(l, "")).Where(l => l.Length > 0 && !l.TrimStart().StartsWith("index", StringComparison.Ordinal)),
    ];

    [GeneratedRegex(@"\b(fh|ht|handle|order|link) \S+")]
    private static partial Regex Given();
}
