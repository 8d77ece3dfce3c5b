using System.Collections.Immutable;
using Pipeline.Actors.Generations;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Actors.Tests.Generations;

/// <summary>A node puts in force what its cluster agreed on.</summary>
public sealed class FollowedRulesTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;
    private static readonly RuleSet Startup = RuleTexts.Set("rule first match 0:ff:01 mark 1\n");

    private RuleAuthorityState _state = new(RuleGeneration.First(Startup, Start));

    [Fact]
    public void It_has_the_number_and_the_words_of_the_cluster_and_what_the_node_began_with_is_forgotten()
    {
        var build = Assert.Single(Follow(Agreed(7, "seven")).OfType<RuleEffect.Build>()).What;
        Assert.Equal((7, "seven"), (build.Generation, build.Text));

        Take(_state.OnBuilt(Good(build.Ticket), Start));

        var current = _state.History.Current;
        Assert.Equal((7, "ann", 3, true), (current.Number, current.Who, current.Rules, current.IsAgreed));
        Assert.Same(current, Assert.Single(_state.History.All));
        Assert.Same(_state.History.Current, _state.History.Confirmed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void A_number_that_was_given_to_other_rules_or_is_lower_is_refused(int number)
    {
        var answer = Assert.Single(Follow(Agreed(number, "other")).OfType<RuleEffect.Answer>()).What.Change!;

        Assert.Equal((RuleOutcome.Conflict, 1), (answer.Outcome, answer.Generation));
    }

    [Fact]
    public void The_same_rules_under_the_same_number_are_not_compiled_again()
    {
        var effects = Follow(Agreed(1, Startup.Source.Text));

        Assert.Empty(effects.OfType<RuleEffect.Build>());
        Assert.Equal(RuleOutcome.Unchanged, Assert.Single(effects.OfType<RuleEffect.Answer>()).What.Change!.Outcome);
        Assert.True(_state.History.Current.IsAgreed);
    }

    [Fact]
    public void Its_deadline_is_not_the_nodes_own_and_its_confirmation_is_told()
    {
        var waits = Agreed(2, "two") with { ConfirmBy = Start + TimeSpan.FromMinutes(1) };
        var build = Assert.Single(Follow(waits).OfType<RuleEffect.Build>()).What;
        Take(_state.OnBuilt(Good(build.Ticket), Start));
        var inForce = Take(_state.OnInForce(1, Start));
        Assert.Empty(inForce.OfType<RuleEffect.AwaitConfirmation>());
        Assert.Equal(1, _state.History.Confirmed.Number);

        var effects = Follow(waits with { ConfirmBy = null });

        Assert.Equal("generation 2 was confirmed", Assert.Single(effects.OfType<RuleEffect.Tell>()).What.Words);
        Assert.Equal((2, null), (_state.History.Confirmed.Number, _state.History.Current.ConfirmBy));
    }

    [Fact]
    public void What_is_to_be_rolled_back_stays_if_it_was_confirmed_meanwhile()
    {
        var waits = Agreed(2, "two") with { ConfirmBy = Start + TimeSpan.FromMinutes(1) };
        var back = new RuleProtocol.Follow(Agreed(3, "one") with { IsAgreed = false }, Unconfirmed: 2);
        var build = Assert.Single(Follow(waits).OfType<RuleEffect.Build>()).What;
        Take(_state.OnBuilt(Good(build.Ticket), Start));
        Take(_state.OnInForce(1, Start));

        Assert.Equal("one", Assert.Single(_state.Accept(back, Start).Effects.OfType<RuleEffect.Build>()).What.Text);
        Follow(waits with { ConfirmBy = null });
        var answer = Assert.Single(Take(_state.Accept(back, Start)).OfType<RuleEffect.Answer>()).What.Change!;

        Assert.Equal((RuleOutcome.Conflict, 2), (answer.Outcome, answer.Generation));
    }

    private ImmutableList<RuleEffect> Follow(RuleGeneration generation) => Take(_state.Accept(new RuleProtocol.Follow(generation), Start));

    private ImmutableList<RuleEffect> Take(RuleStep step)
    {
        _state = step.State;
        return step.Effects;
    }

    private static RuleProtocol.Built Good(long ticket) => new(ticket, Succeeded: true, 3, [], RuleSetDelta.None);

    private static RuleGeneration Agreed(int number, string text) =>
        new() { Number = number, At = Start, Who = "ann", Source = "new.rules", Text = text, Rules = 0, IsAgreed = true };
}
