using Akka.Actor;
using Akka.Event;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Diagnostics;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Generations;

/// <summary>What becomes of rules that somebody wants in force, or back in force.</summary>
public sealed class RuleAuthoritySpecs : RuleBench
{
    [Fact]
    public async Task Rules_without_errors_are_in_force_under_the_next_number()
    {
        var change = await Apply(Dns + Web);

        Assert.Equal((RuleOutcome.Applied, 2, "web"), (change.Outcome, change.Generation, Assert.Single(change.Delta.Added)));
        Assert.Equal((2, 2), (Slot.Take().Generation, Rules.InForce.Rules.Generation));
    }

    [Fact]
    public async Task Rules_with_an_error_change_nothing_and_the_error_has_its_place()
    {
        var change = await Apply(Dns + RuleTexts.Bad);

        Assert.Equal((RuleOutcome.Invalid, 1), (change.Outcome, change.Generation));
        Assert.StartsWith("new.rules:2:", change.Diagnostics[0].ToString());
        Assert.Equal((1, 1), (Slot.Take().Generation, History.All.Count));
    }

    [FactThatNeeds(Need.Libpcap)]
    public async Task A_filter_that_libpcap_rejects_for_all_link_types_changes_nothing()
    {
        var change = await Apply("rule x filter \"tcp prt 80\" mark 1");

        Assert.Equal((RuleOutcome.Invalid, 1), (change.Outcome, change.Generation));
        Assert.Contains("syntax error", Assert.Single(change.Diagnostics).Message);
    }

    [Fact]
    public async Task Rules_that_the_program_refuses_change_nothing()
    {
        Refusal = "would overwrite trace.pcap";

        var change = await Apply(Web);

        Assert.Equal((RuleOutcome.Invalid, "would overwrite trace.pcap"), (change.Outcome, Assert.Single(change.Diagnostics).Message));
    }

    [Fact]
    public async Task A_mark_that_no_route_takes_is_a_warning_and_no_obstacle()
    {
        var change = await Apply(Web);

        Assert.Equal((RuleOutcome.Applied, Severity.Warning), (change.Outcome, Assert.Single(change.Diagnostics).Severity));
    }

    [Fact]
    public async Task A_number_is_remembered_before_its_generation_is_in_force()
    {
        await Apply(Dns + Web);
        await Apply(Dns + RuleTexts.Bad);
        await Rollback(1);

        Assert.Equal([(2, 1), (3, 2)], Remembered);
    }

    [Fact]
    public async Task A_number_that_cannot_be_remembered_is_a_warning_and_no_obstacle()
    {
        Forgets = "no space left";

        var change = await Apply(Dns + "rule x match 0:ff:51 mark 1\n");

        Assert.Equal((RuleOutcome.Applied, 2), (change.Outcome, change.Generation));
        Assert.Equal("generation 2 is not remembered over a restart: no space left", Assert.Single(change.Diagnostics).Message);
    }

    [Fact]
    public async Task The_text_that_is_in_force_makes_no_new_generation()
    {
        var change = await Apply(Dns);

        Assert.Equal((RuleOutcome.Unchanged, 1, 1), (change.Outcome, change.Generation, History.All.Count));
    }

    [Fact]
    public async Task Of_two_who_expected_the_same_generation_only_the_first_succeeds()
    {
        var first = Apply(Web, expected: 1);
        var second = Apply(Web + Dns, expected: 1);

        Assert.Equal((RuleOutcome.Applied, RuleOutcome.Conflict), ((await first).Outcome, (await second).Outcome));
        Assert.Equal(2, (await second).Generation);
    }

    [Fact]
    public async Task A_rollback_is_a_new_generation_with_the_old_text()
    {
        await Apply(Web);

        var change = await Rollback(1);

        Assert.Equal((RuleOutcome.Applied, 3, Dns), (change.Outcome, change.Generation, History.Current.Text));
        Assert.Equal((1, "test.rules", "me"), (History.Current.RollbackTo, History.Current.Source, History.Current.Who));
    }

    [Fact]
    public async Task A_generation_that_never_was_cannot_be_rolled_back_to() =>
        Assert.Equal(RuleOutcome.Unknown, (await Rollback(7)).Outcome);

    [Fact]
    public async Task Whoever_rolls_back_what_is_not_in_force_any_more_changes_nothing()
    {
        await Apply(Web);

        var change = await Ask(new RuleProtocol.Rollback(1, "me", ExpectedGeneration: 1));

        Assert.Equal((RuleOutcome.Conflict, 2, Web), (change.Outcome, change.Generation, History.Current.Text));
    }

    [Fact]
    public async Task Whoever_waits_when_it_stops_is_told()
    {
        MayBuild.Reset();
        var changes = Enumerable.Range(0, 20).Select(i => Apply(Web + $"# {i}\n")).ToList();
        await Answered(Authority);

        Sys.Stop(Authority);

        Assert.All(await Task.WhenAll(changes).WaitAsync(Runs.Patience), c => Assert.Equal((RuleOutcome.Ended, 1), (c.Outcome, c.Generation)));
        MayBuild.Set();
    }

    [Fact]
    public async Task A_failure_of_the_compiler_is_told_and_the_next_wish_has_its_turn()
    {
        Fault = new InvalidOperationException("on order");
        var broken = Apply(Web);
        var next = Apply(Web + Dns);

        await Assert.ThrowsAsync<InvalidOperationException>(() => broken);

        Assert.Equal((RuleOutcome.Applied, 2), ((await next).Outcome, History.Current.Number));
    }

    [Fact]
    public void What_it_does_not_know_is_unhandled()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));

        Authority.Tell("what is this");

        Assert.Equal("what is this", ExpectMsg<UnhandledMessage>().Message);
    }
}
