using Pipeline.Actors.Routing;
using Xunit;

namespace Pipeline.Actors.Tests.Generations;

/// <summary>Routes that are exchanged under the rules that are in force.</summary>
public sealed class RouteGenerationSpecs : RuleBench
{
    [Fact]
    public async Task Routes_are_exchanged_under_the_rules_and_the_counts_there_are_and_later_rules_keep_them()
    {
        var (before, other) = (Slot.Take(), new RouterPlan(new RouteTable([]), []));

        Rules.ExchangeRoutes([other]);

        var routed = Slot.Take();
        Assert.Same(before.Counters, routed.Counters);
        Assert.Same(other, routed.Plan);
        await Apply(Dns + Web);
        Assert.Same(other, Slot.Take().Plan);
    }

    [Fact]
    public async Task Routes_that_are_exchanged_before_a_router_took_its_rules_come_with_those_rules()
    {
        var other = new RouterPlan(new RouteTable([]), []);
        await Apply(Dns + Web);

        Rules.ExchangeRoutes([other]);

        Assert.Equal((2, other), (Slot.Take().Generation, Slot.Take().Plan));
    }
}
