using Akka.Actor;
using Pipeline.Actors.Tests.Fakes;
using Xunit;

namespace Pipeline.Actors.Tests.Generations;

/// <summary>Rules that go again unless somebody confirms them in time.</summary>
public sealed class RuleConfirmationSpecs : RuleBench
{
    [Fact]
    public async Task A_generation_that_nobody_confirms_in_time_is_rolled_back()
    {
        await Apply(Web, confirm: Minute);

        await TimePasses(Minute);

        await Threads.Eventually(() => Slot.Take().Generation == 3);
        Assert.Equal((Dns, 1, "not confirmed in time"), (History.Current.Text, History.Current.RollbackTo, History.Current.Who));
    }

    [Fact]
    public async Task A_generation_is_not_rolled_back_before_its_time()
    {
        await Apply(Web, confirm: Minute);

        await TimePasses(Minute - TimeSpan.FromMilliseconds(1));

        Assert.Equal(2, (await Apply(Dns, expected: 7)).Generation);
    }

    [Fact]
    public async Task A_generation_that_was_confirmed_stays()
    {
        await Apply(Web, confirm: Minute);

        var change = await Confirm(2);
        await TimePasses(2 * Minute);

        Assert.Equal((RuleOutcome.Confirmed, null), (change.Outcome, change.ConfirmBy));
        Assert.Equal(2, (await Apply(Dns, expected: 7)).Generation);
    }

    [Fact]
    public async Task Only_the_generation_in_force_can_be_confirmed()
    {
        await Apply(Web, confirm: Minute);

        Assert.Equal(RuleOutcome.Conflict, (await Confirm(1)).Outcome);
        Assert.NotNull(History.Current.ConfirmBy);
    }

    [Fact]
    public async Task What_needs_no_confirmation_cannot_be_confirmed() => Assert.Equal(RuleOutcome.Conflict, (await Confirm(1)).Outcome);

    [Fact]
    public async Task Rules_for_good_take_the_place_of_those_that_waited_to_be_confirmed()
    {
        await Apply(Web, confirm: Minute);

        await Apply(Web + Dns);
        await TimePasses(2 * Minute);

        Assert.Equal(3, (await Apply(Dns, expected: 7)).Generation);
    }

    [Fact]
    public async Task The_same_rules_once_more_and_for_good_are_confirmed()
    {
        await Apply(Web, confirm: Minute);

        await Apply(Web);
        await TimePasses(2 * Minute);

        Assert.Equal((2, null), ((await Apply(Dns, expected: 7)).Generation, History.Current.ConfirmBy));
    }

    [Fact]
    public async Task Of_several_that_nobody_confirmed_none_is_rolled_back_to()
    {
        await Apply(Web, confirm: Minute);
        await Apply(Web + Dns, confirm: Minute);

        await TimePasses(Minute);

        await Threads.Eventually(() => History.Current.Number == 4);
        Assert.Equal(Dns, History.Current.Text);
    }

    [Fact]
    public async Task A_restart_of_the_authority_forgets_neither_the_rules_nor_the_deadline()
    {
        await Apply(Web, confirm: Minute);
        Authority.Tell(Kill.Instance);

        await TimePasses(Minute);

        await Threads.Eventually(() => History.Current.Number == 3);
        Assert.Equal(Dns, History.Current.Text);
    }
}
