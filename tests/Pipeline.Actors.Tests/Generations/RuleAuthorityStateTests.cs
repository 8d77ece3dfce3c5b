using System.Collections.Immutable;
using Pipeline.Actors.Generations;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Actors.Tests.Generations;

/// <summary>What the authority on rules decides, message by message, without an actor or a clock.</summary>
public sealed class RuleAuthorityStateTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private RuleAuthorityState _state = new(RuleGeneration.First(RuleTexts.Set("rule first match 0:ff:01 mark 1\n"), Start));

    [Fact]
    public void A_text_is_built_then_put_in_force_and_only_then_is_whoever_asked_answered()
    {
        var build = Assert.IsType<RuleEffect.Build>(Assert.Single(Ask(Apply("two")))).What;
        Assert.Equal((1, 2, "two"), (build.Ticket, build.Generation, build.Text));

        var offer = Take(_state.OnBuilt(Good(1), Start));
        Assert.Equal(1, Assert.Single(offer.OfType<RuleEffect.PutInForce>()).Ticket);
        Assert.Empty(offer.OfType<RuleEffect.Answer>());

        Assert.Equal((1, RuleOutcome.Applied, 2), AnswerIn(Take(_state.OnInForce(1, Start))));
    }

    [Fact]
    public void A_generation_is_in_the_history_before_it_is_put_in_force()
    {
        Ask(Apply("two", who: "alice"));

        Take(_state.OnBuilt(Good(1, rules: 7), Start + Minute));

        var current = _state.History.Current;
        Assert.Equal((2, "alice", "two", 7, Start + Minute), (current.Number, current.Who, current.Text, current.Rules, current.At));
    }

    [Fact]
    public void Requests_have_their_turn_one_after_the_other()
    {
        Ask(Apply("two"));
        Assert.Empty(Ask(Apply("three")));
        Take(_state.OnBuilt(Good(1), Start));

        var effects = Take(_state.OnInForce(1, Start));

        Assert.Equal((2, 3), (Assert.Single(effects.OfType<RuleEffect.Build>()).What.Ticket, Assert.Single(effects.OfType<RuleEffect.Build>()).What.Generation));
    }

    [Fact]
    public void Of_two_who_expect_the_same_generation_the_second_is_refused_in_its_turn()
    {
        Ask(Apply("two", expected: 1));
        Ask(Apply("three", expected: 1));
        Take(_state.OnBuilt(Good(1), Start));

        var answers = Take(_state.OnInForce(1, Start)).OfType<RuleEffect.Answer>().Select(a => (a.Ticket, a.What.Change!.Outcome));

        Assert.Equal([(1, RuleOutcome.Applied), (2, RuleOutcome.Conflict)], answers);
    }

    [Fact]
    public void Errors_change_nothing_and_the_number_is_given_to_the_next()
    {
        Ask(Apply("bad"));

        Assert.Equal((1, RuleOutcome.Invalid, 1), AnswerIn(Take(_state.OnBuilt(new RuleProtocol.Built(1, Succeeded: false, 0, [], RuleSetDelta.None), Start))));

        Assert.Single(_state.History.All);
        Assert.Equal(2, Assert.IsType<RuleEffect.Build>(Assert.Single(Ask(Apply("good")))).What.Generation);
    }

    [Fact]
    public void What_breaks_is_told_and_the_next_has_its_turn()
    {
        Ask(Apply("two"));
        Ask(Apply("three"));

        var effects = Take(_state.OnBroken(1, "no memory", Start));

        var answer = Assert.Single(effects.OfType<RuleEffect.Answer>());
        Assert.Equal((1, null, "no memory"), (answer.Ticket, answer.What.Change, answer.What.Failure));
        Assert.Equal(2, Assert.Single(effects.OfType<RuleEffect.Build>()).What.Ticket);
    }

    [Fact]
    public void What_is_told_late_about_an_earlier_request_means_nothing()
    {
        Ask(Apply("two"));
        Ask(Apply("three"));
        Take(_state.OnBroken(ticket: null, "a restart", Start));

        Assert.Empty(Take(_state.OnBuilt(Good(1), Start)));
        Assert.Empty(Take(_state.OnInForce(1, Start)));
        Assert.Empty(Take(_state.OnBroken(1, "too late", Start)));

        Assert.Equal((1, 2), (_state.History.Current.Number, _state.AtWork!.Ticket));
    }

    [Fact]
    public void The_text_that_is_in_force_makes_no_new_generation() =>
        Assert.Equal((1, RuleOutcome.Unchanged, 1), AnswerIn(Ask(Apply(_state.History.Current.Text))));

    [Fact]
    public void What_is_to_be_confirmed_comes_with_a_deadline_and_is_rolled_back_after_it()
    {
        var effects = Put(Apply("two", confirm: Minute));
        Assert.Equal((2, Start + Minute), Assert.Single(effects.OfType<RuleEffect.AwaitConfirmation>()) is var wait ? (wait.Generation, wait.By) : default);

        var build = Assert.IsType<RuleEffect.Build>(Assert.Single(Take(_state.OnDeadline(2, Start + Minute)))).What;
        Take(_state.OnBuilt(Good(build.Ticket), Start + Minute));

        var current = _state.History.Current;
        Assert.Equal((3, 1, "not confirmed in time", _state.History.All[0].Text), (current.Number, current.RollbackTo, current.Who, current.Text));
    }

    [Fact]
    public void A_deadline_that_comes_after_the_confirmation_does_nothing()
    {
        Put(Apply("two", confirm: Minute));
        var confirming = Ask(new RuleProtocol.Confirm(2));
        Assert.Equal(RuleOutcome.Confirmed, AnswerIn(confirming).Outcome);
        Assert.Single(confirming.OfType<RuleEffect.ForgetDeadline>());

        var effects = Take(_state.OnDeadline(2, Start + Minute));

        Assert.Empty(effects.OfType<RuleEffect.Build>());
        Assert.Equal(2, _state.History.Current.Number);
    }

    [Fact]
    public void Only_what_waits_for_it_can_be_confirmed()
    {
        Assert.Equal(RuleOutcome.Conflict, AnswerIn(Ask(new RuleProtocol.Confirm(1))).Outcome);
        Put(Apply("two", confirm: Minute));
        Assert.Equal(RuleOutcome.Conflict, AnswerIn(Ask(new RuleProtocol.Confirm(1))).Outcome);
    }

    [Fact]
    public void Asking_for_the_same_once_more_and_for_good_confirms_it()
    {
        Put(Apply("two", confirm: Minute));

        Assert.Equal(RuleOutcome.Unchanged, AnswerIn(Ask(Apply("two"))).Outcome);

        Assert.Null(_state.History.Current.ConfirmBy);
    }

    [Fact]
    public void A_generation_that_never_was_cannot_be_rolled_back_to() =>
        Assert.Equal(RuleOutcome.Unknown, AnswerIn(Ask(new RuleProtocol.Rollback(9, "me"))).Outcome);

    [Fact]
    public void When_it_goes_on_after_a_failure_the_deadline_is_set_again()
    {
        Put(Apply("two", confirm: Minute));

        Assert.Equal(Start + Minute, Assert.IsType<RuleEffect.AwaitConfirmation>(Assert.Single(Take(_state.Resume(Start + (Minute / 2))))).By);
    }

    [Fact]
    public void At_the_end_all_who_wait_are_told()
    {
        for (var i = 0; i < 3; i++) Ask(Apply($"text {i}"));

        var answers = Take(_state.End()).OfType<RuleEffect.Answer>().ToList();

        Assert.Equal([1L, 2, 3], answers.Select(a => a.Ticket));
        Assert.All(answers, a => Assert.Equal((RuleOutcome.Ended, 1), (a.What.Change!.Outcome, a.What.Change.Generation)));
    }

    [Fact]
    public void Those_who_watch_are_told_what_changed()
    {
        var told = Assert.Single(Put(Apply("two", who: "alice")).OfType<RuleEffect.Tell>()).What;

        Assert.Equal((2, "generation 2: 1 rules of test.rules, by alice"), (told.Generation, told.Words));
    }

    private static RuleProtocol.Apply Apply(string text, string who = "me", int? expected = null, TimeSpan? confirm = null) =>
        new("test.rules", text, who, expected, confirm);

    private static RuleProtocol.Built Good(long ticket, int rules = 1) => new(ticket, Succeeded: true, rules, [], RuleSetDelta.None);

    private static (long Ticket, RuleOutcome Outcome, int Generation) AnswerIn(IEnumerable<RuleEffect> effects)
    {
        var answer = Assert.Single(effects.OfType<RuleEffect.Answer>());
        return (answer.Ticket, answer.What.Change!.Outcome, answer.What.Change.Generation);
    }

    private ImmutableList<RuleEffect> Ask(RuleProtocol.Request request) => Take(_state.Accept(request, Start));

    /// <summary>Asks for a text and lets it come in force.</summary>
    private List<RuleEffect> Put(RuleProtocol.Apply apply)
    {
        List<RuleEffect> effects = [.. Ask(apply)];
        var ticket = effects.OfType<RuleEffect.Build>().Single().What.Ticket;
        effects.AddRange(Take(_state.OnBuilt(Good(ticket), Start)));
        effects.AddRange(Take(_state.OnInForce(ticket, Start)));
        return effects;
    }

    private ImmutableList<RuleEffect> Take(RuleStep step)
    {
        _state = step.State;
        return step.Effects;
    }
}
