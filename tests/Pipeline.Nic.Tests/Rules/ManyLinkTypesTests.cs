using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Cbpf;
using Pipeline.Nic.Rules.Guards;
using Pipeline.Nic.Rules.Il;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

/// <summary>Captures of hundreds of link types cost no more than what differs between these.</summary>
public class ManyLinkTypesTests
{
    /// <summary>One for each set of filters that is inlined, one for Ethernet, one for all others.</summary>
    private const int MostCompilations = MarkCompiler.MostInlined + 2;

    private const string Filters = "rule f filter \"tcp port 80\" mark 7 continue\nrule g filter \"ip6\" mark 8\nrule h filter \"len > 100\" mark 9";

    [FactThatNeeds(Need.Libpcap)]
    public void Link_types_that_libpcap_does_not_know_share_one_program_and_cost_a_question_each()
    {
        var table = MarkTable.Compile(RuleText.Valid(ManyTuples(120) + Filters));

        var warnings = Enumerable.Range(1000, 400).SelectMany(l => table.Prepare((LinkType)l)).ToList();

        Assert.Equal((1, 400), (table.Compilations, table.FilterCompilations));
        Assert.Equal(400, warnings.Count);
        Assert.StartsWith("no filter ever matches packets of link type 1000: ", warnings[0].Message);
        Assert.Equal(3, table.RejectedEverywhere().Count);
    }

    [FactThatNeeds(Need.Libpcap)]
    public void Rules_become_code_a_few_times_however_many_link_types_and_byte_orders_there_are()
    {
        var table = MarkTable.Compile(RuleText.Valid(ManyTuples(120) + Filters));
        var links = Enumerable.Range(0, 401).SelectMany(l => new[] { new LinkLayer((LinkType)l, false), new LinkLayer((LinkType)l, true) }).ToList();

        foreach (var link in links) table.Prepare(link);
        var (compilations, asked) = (table.Compilations, table.FilterCompilations);
        foreach (var link in links) table.Prepare(link);

        Assert.InRange(compilations, 2, MostCompilations);
        // Link types 0 and 109 are two each; the rest is the same in both orders.
        var known = Enumerable.Range(0, 401).Count(l => FilterCompiler.RefusalOf((LinkType)l) is null) + 2;
        Assert.Equal(403 + (3 * known), asked);
        Assert.Equal((compilations, asked), (table.Compilations, table.FilterCompilations));
        Assert.Equal(403, table.Links.Count);
    }

    [FactThatNeeds(Need.Libpcap)]
    public void An_expression_is_one_program_for_all_link_types_that_have_the_same()
    {
        var filter = PacketFilter.Create("len > 100");

        for (var l = 0; l <= 400; l++) filter.Prepare((LinkType)l);

        // Some begin with a search for the end of a header whose length is in it.
        Assert.InRange(filter.Programs, 1, 5);
    }

    [FactThatNeeds(Need.Libpcap)]
    public void Shared_code_marks_as_the_interpreter_does()
    {
        var rules = RuleText.Valid(
            """
            rule first filter "ip6" mark 0x1/0xf continue
            rule any match l3+0:f0:40 mark 0x10/0xf0 continue
            rule port filter "udp port 53" mark 0x2/0xf
            rule tcp match l4+13:02:02 mark 5 continue
            rule length filter "len > 50" mark 0x300/0xf00 continue
            rule rest match 0:00:0 mark 0x4000/0xf000
            """);
        string[] packets =
        [
            "", "45", "450000280001000040060000" + "0a0000010a000002" + "03e8005000000000000000005002000000000000",
            LoopbackCapture.V4, LoopbackCapture.V6,
        ];
        string[] headers = ["", "00000002", "1e000000", "0000001e", "02000000000202000000000186dd", "0200000000020200000000010800", "ff030021", "ff030057"];
        byte[][] all = [.. headers.SelectMany(h => packets.Select(p => Convert.FromHexString(h + p)))];
        Guard[] guards = [new("g", [RuleText.Terms("l3+9:ff:06")]), new("h", [RuleText.Terms("12:ffff:0800 20:00:00")])];
        foreach (var inFront in (Guard[][])[[], guards])
        {
            var compiled = MarkTable.Compile(rules, inFront);
            foreach (var link in (int[])[1, 113, 276, 9, 105, 0, 108, 101, 12, 228, 229, 147, 1000, 50, 109, 6, 7, 119, 127])
                Assert.Equal(Outcome(MarkTable.Compile(rules, inFront, MarkEngine.Interpreter), link, all), Outcome(compiled, link, all));
            Assert.InRange(compiled.Compilations, 3, MostCompilations);
        }
    }

    [FactThatNeeds(Need.Libpcap)]
    public void Shared_code_allocates_nothing()
    {
        var table = MarkTable.Compile(RuleText.Valid(Filters));
        foreach (var l in (int[])[1, 113, 276, 9, 105, 0]) table.Prepare((LinkType)l);
        using var test = new TestBundle(LinkType.RawIp, new byte[60], Convert.FromHexString("60000000000006400000"));
        var counters = table.NewCounters();

        Assert.Equal(0, Allocation.OnceWarm(() =>
        {
            for (var i = 0; i < 100; i++) table.Classify(test.Bundle, counters);
        }));
    }

    [Fact]
    public void Rules_without_filters_are_compiled_once()
    {
        var table = MarkTable.Compile(RuleText.Valid(ManyTuples(40)));

        for (var l = 0; l <= 400; l++) table.Prepare((LinkType)l);

        Assert.Equal((1, 0), (table.Compilations, table.FilterCompilations));
    }

    /// <summary>Rules that all look at other bytes, so that nothing is shared between them.</summary>
    private static string ManyTuples(int rules) =>
        string.Concat(Enumerable.Range(0, rules).Select(i => $"rule r{i} match {i % 60}:{(i * 7 & 0xff) | 1:x2}:01 l3+{i % 20}:ff:{i & 0xff:x2} mark {i + 1}\n"));

    private static List<string> Outcome(MarkTable table, int linkType, byte[][] packets)
    {
        using var test = new TestBundle((LinkType)linkType, packets);
        var counters = table.NewCounters();
        table.Classify(test.Bundle, counters);
        var counts = Enumerable.Range(0, table.Rules.Rules.Count + 1).Select(counters.Of).Concat(Enumerable.Range(0, table.Guards.Count).Select(counters.OfGuard));
        return [$"link type {linkType}", .. test.Bundle.Packets.ToArray().Select(p => $"{p.Rule} {p.Mark:x} {p.Flags}"), .. counts.Select(c => c.ToString())];
    }
}
