using Pipeline.Actors;
using Pipeline.Actors.Cluster;
using Pipeline.Actors.Cluster.Rules;
using Xunit;

namespace Pipeline.Cluster.Tests;

/// <summary>Nodes come and go while rules change.</summary>
public sealed class ClusterRuleMoveSpecs : RuleNodes
{
    [Fact]
    public async Task Rules_that_nobody_confirms_are_rolled_back_also_when_the_node_that_asked_and_had_the_authority_is_gone()
    {
        Start(1, new FakeRules("first"));
        Start(2, new FakeRules("first"));
        await Nodes.UntilUp(1, "n1", "n2");
        await UntilAuthority(2, "n1");
        await Apply(1, "dangerous", confirm: TimeSpan.FromSeconds(4));
        await UntilRuns(2, g => g.Text == "dangerous");

        await Nodes[1].DisposeAsync();

        await UntilRuns(2, g => (g.Number, g.Text, g.Who) == (3, "first", "not confirmed in time"));
        Assert.Equal("n2", Nodes[2].View.RuleAuthority);
    }

    [Fact]
    public async Task A_request_while_the_authority_moves_to_another_node_is_answered_once()
    {
        Start(1, new FakeRules("first"));
        Start(2, new FakeRules("first"));
        await Nodes.UntilUp(2, "n1", "n2");
        await UntilAuthority(2, "n1");
        var before = Apply(2, "before it moves");
        Assert.Null(Nodes[1].Leave("n1"));
        await Nodes.Until(2, v => v.RuleAuthority is null || v.Members.Any(m => m.Status != ClusterMemberStatus.Up));

        var meanwhile = Apply(2, "while it moves");

        Assert.Equal((RuleOutcome.Applied, 2), ((await before).Outcome, (await before).Generation));
        Assert.Equal((RuleOutcome.Applied, 3), ((await meanwhile).Outcome, (await meanwhile).Generation));
        Assert.Equal([1, 2, 3], Nodes[2].Rules.Agreed!.Entries.Select(e => e.Number));
        await UntilAuthority(2, "n2");
        await Nodes.Until(1, v => v.State == ClusterState.Left);
        Assert.False(Nodes[1].Rules.Govern, "who was asked to leave decides for itself");
    }

    [Fact]
    public async Task A_node_that_is_cut_off_keeps_its_rules_and_has_those_of_the_others_when_it_is_back()
    {
        Start(1, new FakeRules("first"));
        Start(2, new FakeRules("first"));
        await Nodes.UntilUp(1, "n1", "n2");
        await UntilAuthority(2, "n1");
        await Apply(2, "second");
        Assert.Null(Nodes[1].Down("n2"));
        await Nodes.Until(1, v => v.Members.Count == 1);

        var change = await Apply(1, "third");

        Assert.Equal(RuleOutcome.Applied, change.Outcome);
        await UntilRuns(2, g => (g.Number, g.Text) == (3, "third"));
        Assert.Equal(["first", "second", "third"], Rules[2].History.Select(g => g.Text));
    }

    [Fact]
    public async Task Rules_that_are_too_long_to_travel_stay_where_they_are_until_shorter_ones_come()
    {
        Start(1, new FakeRules(new string('#', RuleTexts.MostBytes + 1)));
        Start(2, new FakeRules("of its own"));
        await Nodes.UntilSaid($"its text has {RuleTexts.MostBytes + 1} bytes, and at most {RuleTexts.MostBytes} travel between nodes");
        Assert.Equal("of its own", Rules[2].History[^1].Text);

        var change = await Apply(2, "shorter");

        Assert.Equal((RuleOutcome.Applied, 2, 2), (change.Outcome, change.Cluster!.InForce, change.Cluster.Members));
        Assert.Equal(("shorter", "shorter"), (Rules[1].History[^1].Text, Rules[2].History[^1].Text));
    }

    [Fact]
    public async Task Without_an_authority_nothing_changes_and_that_is_the_answer()
    {
        Nodes.Change = (_, options) => options with { Seeds = [Nodes.At(9)] };
        Start(1, new FakeRules("first"));
        Nodes[1].Rules.Patience = TimeSpan.FromMilliseconds(100);

        var change = await Apply(1, "second");

        Assert.Equal((RuleOutcome.NoAuthority, 1), (change.Outcome, change.Generation));
        Assert.Equal(("first", null), (Rules[1].History.Single().Text, Nodes[1].View.RuleAuthority));
    }
}
