using Pipeline.Actors.Generations;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Actors.Trials;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Trials;

/// <summary>Other rules beside those in force, a bundle at a time.</summary>
public sealed class ShadowPortSpecs : IDisposable
{
    private readonly PacketSource _source = PacketSource.OneToAPage();
    private readonly MarkTable _inForce = Table("rule all match 0:00:00 mark 0x1\n");
    private readonly RuleCounters _counters;

    public ShadowPortSpecs() => _counters = _inForce.NewCounters();

    public void Dispose() => _source.Dispose();

    [Fact]
    public void A_bundle_keeps_everything_that_the_rules_in_force_wrote_on_it()
    {
        var port = new ShadowPort(Table("rule all match 0:00:00 mark 0x2 continue\nrule more match 0:00:00 mark 0x30/0xf0\n"));
        using var bundle = Marked(20);
        var before = bundle.Packets.ToArray();

        port.Judge(bundle);

        Assert.Equal(before, bundle.Packets.ToArray());
        Assert.Same(_inForce, bundle.MarkedBy);
        var (was, would, packets, _) = Assert.Single(port.Found.Read());
        Assert.Equal((new Judgement(1, 0x1, false), new Judgement(2, 0x32, false), 20), (was, would, packets.Packets));
    }

    [Fact]
    public void While_generations_come_in_turn_those_of_the_earlier_one_are_not_compared()
    {
        var port = new ShadowPort(Table("rule all match 0:00:00 mark 0x2\n"));
        var later = Table("rule all match 0:00:00 mark 0x3\n", generation: 2);
        using var bundle = Marked(10);
        using var next = Marked(5);
        later.Classify(next, later.NewCounters());

        foreach (var one in new[] { bundle, next, bundle, next }) port.Judge(one);

        Assert.Equal((2, 10), (port.Found.InForce!.Generation, port.Found.Compared.Packets));
        Assert.Same(_inForce, bundle.MarkedBy);
    }

    [Fact]
    public void Judging_allocates_nothing_once_warm()
    {
        var port = new ShadowPort(Table("rule all match 0:00:00 mark 0x2\n"));
        using var bundle = Marked(50);
        port.Judge(bundle);

        Assert.Equal(0, Allocation.OnceWarm(() => port.Judge(bundle)));
        Assert.NotEqual(0, port.Found.Compared.Packets);
    }

    [Fact]
    public void Packets_of_a_link_type_that_nobody_compiled_for_are_counted_and_judged_later()
    {
        var port = new ShadowPort(MarkTable.Compile(RuleParser.Parse(new SourceText("t.rules", "rule all match 0:00:00 mark 0x2\n"), out _)!));
        using var bundle = Marked(10);

        port.Judge(bundle);
        port.Prepare();
        port.Judge(bundle);

        Assert.Equal((10, 10), (port.Found.Unjudged, port.Found.Compared.Packets));
    }

    [Fact]
    public void Kinds_beyond_the_most_are_counted_together()
    {
        var kinds = new Kinds();
        using var bundle = Marked(1);

        for (var i = 0; i < Kinds.Most + 7; i++) kinds.Count((UInt128)(uint)i, bundle, bundle.Packets[0]);
        for (var i = 0; i < Kinds.Most; i++) kinds.Count((UInt128)(uint)i, bundle, bundle.Packets[0]);

        Assert.Equal(7, kinds.Beyond.Packets);
        Assert.All(kinds.Read(), kind => Assert.Equal(2, kind.Packets.Packets));
        Assert.Equal(Kinds.Most, kinds.Read().Count());
    }

    [Fact]
    public void Paths_are_counted_until_other_rules_come_in_force_and_that_moment_is_told()
    {
        var port = new PathPort(TimeProvider.System);
        using var before = Marked(3);
        using var after = Marked(5);
        var others = Table("rule all match 0:00:00 mark 0x2\n");
        others.Classify(after, others.NewCounters());

        Show(before);
        Assert.Null(port.OvertakenAt);
        Show(after);
        Show(before);

        Assert.NotNull(port.OvertakenAt);
        Assert.Equal((0x1u, 3), (Assert.Single(port.Read()).Mark, Assert.Single(port.Read()).Packets.Packets));

        void Show(PageBundle bundle)
        {
            foreach (ref readonly var packet in bundle.Packets) port.Show(bundle, packet, "stack", reason: null, isCopy: false);
        }
    }

    private static MarkTable Table(string rules, int generation = 1)
    {
        var table = MarkTable.Compile(RuleParser.Parse(new SourceText("t.rules", rules), out _)! with { Generation = generation });
        table.Prepare(PacketSource.Wire.Link);
        return table;
    }

    private PageBundle Marked(int packets)
    {
        var bundle = _source.Bundle([.. Enumerable.Repeat(0u, packets)]);
        _inForce.Classify(bundle, _counters);
        return bundle;
    }
}
