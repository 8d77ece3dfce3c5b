using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Actors.Tests.Telemetry;

public sealed class RuleViewsTests
{
    private static readonly PacketTally[] Some =
        [.. Enumerable.Range(0, 1000).Select(i => i switch { < 300 => default, 700 => new PacketTally(5L << 32, 6L << 40), _ => new PacketTally(i, uint.MaxValue - i) })];

    [Fact]
    public void A_column_gives_every_tally_back() => Assert.Equal(Some, Each(TallyColumn.Of(Some)));

    [Fact]
    public void A_column_has_no_more_than_was_put_in() => Assert.Throws<ArgumentOutOfRangeException>(() => TallyColumn.Of(Some)[1000]);

    [Fact]
    public void A_column_of_rules_without_packets_takes_no_room()
    {
        var tallies = new PacketTally[50_000];
        TallyColumn.Of(tallies);
        var before = GC.GetAllocatedBytesForCurrentThread();

        TallyColumn.Of(tallies);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
    }

    [Fact]
    public void Views_tell_what_each_rule_matched_and_how_fast()
    {
        var rules = Rules("a", "b");
        var before = Views(rules, new(1, 100), new(2, 200));

        var now = Views(rules, new(11, 1100), new(2, 200)).Since(before, 2, new RuleMoves());

        Assert.Equal([("a", new PacketTally(11, 1100), new Rate(5, 500)), ("b", new(2, 200), default)], now.Select(v => (v.Name, v.Matched, v.Rate)));
    }

    [Fact]
    public void Rules_of_another_set_go_on_by_their_names_and_new_ones_begin_at_zero()
    {
        var before = Views(Rules("a", "b"), new(1, 100), new(2, 200));

        var now = Views(Rules("new", "b"), new(4, 400), new(6, 600)).Since(before, 2, new RuleMoves());

        Assert.Equal([new Rate(2, 200), new Rate(2, 200)], now.Select(v => v.Rate));
    }

    [Fact]
    public void What_was_said_of_a_rule_is_kept_when_the_others_are_let_go_of()
    {
        var before = Views(Rules("a", "b"), new(1, 100), new(2, 200));

        var kept = before.Of(Rules("new", "b"), new RuleMoves());

        Assert.Equal([("new", default), ("b", new PacketTally(2, 200))], kept.Select(v => (v.Name, v.Matched)));
    }

    private static IReadOnlyList<MarkRule> Rules(params string[] names) =>
        RuleParser.Parse(new SourceText("t", string.Concat(names.Select(n => $"rule {n} match 0:ff:01 mark 1\n"))), out _)!.Rules;

    private static RuleViews Views(IReadOnlyList<MarkRule> rules, params PacketTally[] matched) => new(rules, TallyColumn.Of(matched));

    private static IEnumerable<PacketTally> Each(TallyColumn column) => Enumerable.Range(0, column.Count).Select(i => column[i]);
}
