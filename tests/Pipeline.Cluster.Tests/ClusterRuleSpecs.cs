using Pipeline.Actors;
using Pipeline.Actors.Cluster.Rules;
using Pipeline.Actors.Generations;
using Xunit;

namespace Pipeline.Cluster.Tests;

/// <summary>Three nodes, one of them a witness. Each test begins with whatever generation the one before left.</summary>
public sealed class ClusterRuleSpecs(ThreeRuleNodes nodes) : IClassFixture<ThreeRuleNodes>
{
    private int Now => nodes.Rules[1].History[^1].Number;

    [Fact]
    public async Task Rules_that_one_node_is_given_are_in_force_on_all_and_each_node_sees_that()
    {
        var change = await nodes.Apply(2, "rules for all");

        Assert.Equal((RuleOutcome.Applied, Now), (change.Outcome, change.Generation));
        Assert.Equal((3, 3), (change.Cluster!.InForce, change.Cluster.Members));
        Assert.Empty(change.Cluster.Behind);
        Assert.All(nodes.Rules.Values, r => Assert.Equal((change.Generation, "rules for all", "n2"), (r.History[^1].Number, r.History[^1].Text, r.History[^1].Who)));
        await nodes.Nodes.Until(3, v => v.Members.All(m => m.Generation == change.Generation));
        Assert.Contains(nodes.Nodes[3].View.RuleAuthority, (string[])["n1", "n2"]);
    }

    [Fact]
    public async Task A_rollback_is_asked_of_a_node_that_did_not_make_the_generation()
    {
        var first = await nodes.Apply(1, "to come back to");
        await nodes.Apply(2, "something else");

        var back = await nodes.Nodes[3].Rules.Ask(new RuleProtocol.Rollback(first.Generation, "n3"), default);

        Assert.Equal(RuleOutcome.Applied, back.Outcome);
        Assert.All(nodes.Rules.Values, r => Assert.Equal((back.Generation, "to come back to", first.Generation), (r.History[^1].Number, r.History[^1].Text, r.History[^1].RollbackTo)));
    }

    [Fact]
    public async Task A_rollback_to_what_the_cluster_does_not_know_names_what_it_knows()
    {
        var back = await nodes.Nodes[2].Rules.Ask(new RuleProtocol.Rollback(Now + 1000, "n2"), default);

        Assert.Equal((RuleOutcome.Unknown, Now), (back.Outcome, back.Generation));
        Assert.Equal(nodes.Nodes[2].Rules.Agreed!.Entries.Select(e => e.Number), back.Known);
    }

    [Fact]
    public async Task A_request_that_comes_twice_makes_one_generation()
    {
        var (request, id) = (new RuleProtocol.Apply("new.rules", "asked twice", "n1", null, null), Guid.NewGuid());
        var first = await nodes.Nodes[1].Rules.Ask(request, id, default);
        var later = await nodes.Apply(1, "asked after it");

        var again = await nodes.Nodes[2].Rules.Ask(request, id, default);

        Assert.Equal((RuleOutcome.Applied, first.Generation), (again.Outcome, again.Generation));
        Assert.Equal(later.Generation, Now);
    }

    [Fact]
    public async Task Requests_of_all_nodes_at_once_are_each_answered_for_themselves()
    {
        var changes = await Task.WhenAll(Enumerable.Range(0, 9).Select(i => nodes.Apply((i % 3) + 1, $"at once {i}")));

        var agreed = nodes.Nodes[1].Rules.Agreed!;
        Assert.Equal(9, changes.Select(c => c.Generation).Distinct().Count());
        Assert.All(changes.Index(), c => Assert.Equal(RuleTexts.HashOf($"at once {c.Index}"), agreed.Find(c.Item.Generation)?.Hash));
    }

    [Fact]
    public async Task Rules_with_errors_and_another_generation_than_expected_change_nothing()
    {
        var before = Now;

        var (bad, late) = (await nodes.Apply(2, "bad rules"), await nodes.Apply(3, "fine rules", expected: before + 1));

        Assert.Equal((RuleOutcome.Invalid, "it is bad"), (bad.Outcome, bad.Diagnostics.Single().Message));
        Assert.Equal((RuleOutcome.Conflict, before), (late.Outcome, late.Generation));
        Assert.Equal(before, Now);
    }

    [Fact]
    public async Task Rules_that_wait_for_a_confirmation_are_confirmed_on_all_by_any_node()
    {
        var change = await nodes.Apply(1, "to be confirmed", confirm: TimeSpan.FromMinutes(1));
        Assert.NotNull(change.ConfirmBy);

        var confirmed = await nodes.Nodes[3].Rules.Ask(new RuleProtocol.Confirm(change.Generation), default);

        Assert.Equal(RuleOutcome.Confirmed, confirmed.Outcome);
        for (var number = 1; number <= 3; number++) Assert.Equal(change.Generation, (await nodes.UntilRuns(number, g => g.ConfirmBy is null)).Number);
    }

    [Fact]
    public async Task A_text_of_48_000_rules_reaches_all()
    {
        var text = FakeRules.Long(48_000);

        var change = await nodes.Apply(3, text);

        Assert.True(text.Length > 2_900_000);
        Assert.Equal(3, change.Cluster!.InForce);
        Assert.All(nodes.Rules.Values, r => Assert.Equal(text, r.History[^1].Text));
    }

    [Fact]
    public async Task A_node_that_comes_late_takes_over_the_rules_of_the_cluster_and_says_so()
    {
        var change = await nodes.Apply(1, "before it comes");
        await nodes.Visit(new FakeRules("of its own"), () => nodes.UntilRuns(4, g => (g.Number, g.Text) == (change.Generation, "before it comes")));

        Assert.Contains($"n4: the cluster has other rules than this node ran so far; it takes over generation {change.Generation} of new.rules", nodes.Nodes.Said);
    }

    [Fact]
    public async Task A_node_says_once_that_it_takes_over_the_rules_of_the_cluster_however_often_it_has_to_try()
    {
        var change = await nodes.Apply(1, "not at once");
        var rules = new FakeRules("of its own");
        var tries = 0;
        rules.Following = _ => ++tries < 3 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;

        await nodes.Visit(rules, async () =>
        {
            await nodes.UntilRuns(4, g => g.Number == change.Generation);
            await nodes.Nodes.UntilSaid($"it takes over generation {change.Generation} of");
        });

        Assert.Equal(3, tries);
        Assert.Single(nodes.Nodes.Said, s => s.Contains($"it takes over generation {change.Generation} of", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_that_comes_back_with_the_rules_of_the_cluster_makes_no_generation()
    {
        var change = await nodes.Apply(1, "the same everywhere");
        var known = nodes.Nodes[1].Rules.Agreed!.Entries.Length;

        await nodes.Visit(new FakeRules("the same everywhere", change.Generation + 1), () => nodes.UntilRuns(4, g => g.IsAgreed));

        await nodes.UntilRuns(1, g => g.Number == change.Generation + 1);
        Assert.Equal(known, nodes.Nodes[1].Rules.Agreed!.Entries.Length);
    }

    [Fact]
    public async Task Rules_that_a_node_brings_from_another_cluster_win_if_their_number_is_higher()
    {
        var number = Now + 5;

        await nodes.Visit(new FakeRules("of another cluster", number, isAgreed: true), () => nodes.UntilRuns(3, g => (g.Number, g.Text) == (number, "of another cluster")));

        await nodes.UntilRuns(1, g => g.Number == number);
        await nodes.UntilRuns(2, g => g.Number == number);
    }

    [Fact]
    public async Task Rules_that_a_node_began_with_win_nothing_however_high_their_number_is()
    {
        var change = await nodes.Apply(1, "of the cluster");

        await nodes.Visit(new FakeRules("of its own", change.Generation + 5), () => nodes.UntilRuns(4, g => g.Text == "of the cluster"));

        Assert.All(await Task.WhenAll(nodes.Rules.Keys.Select(n => nodes.UntilRuns(n, g => g.Number == change.Generation + 6))), g => Assert.Equal("of the cluster", g.Text));
    }

    [Fact]
    public async Task A_node_that_cannot_run_what_the_others_do_is_named_with_its_reason()
    {
        nodes.Rules[3].Following = _ => throw new InvalidOperationException("no room");

        var change = await nodes.Apply(1, "too much for n3");

        nodes.Rules[3].Following = _ => Task.CompletedTask;
        Assert.Equal((RuleOutcome.Applied, 2, 3), (change.Outcome, change.Cluster!.InForce, change.Cluster.Members));
        Assert.Equal($"n3 (runs generation {change.Generation - 1}: no room)", change.Cluster.Behind.Single());
        await nodes.UntilRuns(3, g => g.Number == change.Generation);
    }
}
