using CsCheck;
using Pipeline.Host.Checking;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Host.Tests.Checking;

public sealed class RuleEditsTests
{
    private static readonly string[] SixNames = ["a", "b", "c", "d", "e", "f"];

    /// <summary>Sets of up to six rules out of a few names, each in one of two forms, in any order.</summary>
    private static readonly Gen<RuleSet> AnyRules =
        from names in Gen.Shuffle(SixNames)
        from count in Gen.Int[0, 6]
        from marks in Gen.Int[1, 2].Array[6]
        from lifted in Gen.Bool
        select Rules([.. names.Take(count).Select((n, i) => $"rule {n} match 0:ff:01 mark {marks[i]}"), lifted ? "keep-out off arp" : ""]);

    [Fact]
    public void There_are_edits_just_where_the_sets_differ() =>
        (from before in AnyRules from after in AnyRules select (before, after)).Sample(
            pair => Assert.Equal(RuleSetDelta.Between(pair.before, pair.after).IsEmpty, RuleEdits.Between(pair.before, pair.after).Count == 0));

    [Fact]
    public void What_is_added_removed_and_changed_is_what_the_delta_names() =>
        (from before in AnyRules from after in AnyRules select (before, after)).Sample(pair =>
        {
            var (delta, edits) = (RuleSetDelta.Between(pair.before, pair.after), RuleEdits.Between(pair.before, pair.after).Where(e => e.Name != "arp").ToList());
            Assert.Equal(delta.Added, Names(edits, RuleEditKind.Added));
            Assert.Equal(delta.Removed, Names(edits, RuleEditKind.Removed));
            Assert.Equal(delta.Changed, Names(edits, RuleEditKind.Changed));
        });

    [Fact]
    public void One_rule_that_goes_to_the_front_is_the_only_one_that_moved()
    {
        var edits = RuleEdits.Between(Rules(Line("a"), Line("b"), Line("c"), Line("d")), Rules(Line("d"), Line("a"), Line("b"), Line("c")));

        Assert.Equal([new RuleEdit(RuleEditKind.Moved, "d", Line("d"), Line("d"))], edits);
    }

    [Fact]
    public void What_is_gone_is_told_at_the_place_it_had()
    {
        var edits = RuleEdits.Between(Rules(Line("a"), Line("b"), Line("c")), Rules("rule a match 0:ff:01 mark 9", "rule c match 0:ff:01 mark 9"));

        Assert.Equal(["a", "b", "c"], edits.Select(e => e.Name));
    }

    private static string Line(string name) => $"rule {name} match 0:ff:01 mark 1";

    private static IEnumerable<string> Names(IEnumerable<RuleEdit> edits, RuleEditKind kind) => edits.Where(e => e.Kind == kind).Select(e => e.Name);

    private static RuleSet Rules(params string[] lines) => RuleParser.Parse(new SourceText("t.rules", string.Join('\n', lines)), out _)!;
}
