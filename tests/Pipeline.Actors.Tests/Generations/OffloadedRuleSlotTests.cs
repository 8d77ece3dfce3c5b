using Pipeline.Actors.Generations;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Generations;

/// <summary>Which rules a router goes by where a device has decided by some of them.</summary>
public sealed class OffloadedRuleSlotTests
{
    private static readonly RouterPlan Plan = new(new RouteTable([]), []);

    private readonly Passed[] _device = [.. Enumerable.Range(0, 5).Select(_ => new Passed())];
    private readonly RuleSlot _slot;

    public OffloadedRuleSlotTests()
    {
        _slot = RuleSlot.Of(Rules(1), isOffloaded: true);
        for (var next = 2; next <= 4; next++) Assert.Null(_slot.Offer(Rules(next)));
    }

    [Fact]
    public void A_bundle_is_routed_by_the_generation_that_the_device_names_even_if_newer_ones_were_offered()
    {
        Assert.Equal([1, 2, 1, 4, 3, 4], new[] { 1, 2, 1, 4, 3, 0 }.Select(g => _slot.TakeFor(g).Generation));
    }

    [Fact]
    public void Finding_rules_for_a_bundle_allocates_nothing()
    {
        var bundle = 0;

        Assert.Equal(0, Allocation.OnceWarm(() => _slot.TakeFor(bundle++)));
    }

    [Fact]
    public void What_a_later_bundle_was_decided_by_does_not_close_the_counts_of_earlier_rules()
    {
        _slot.TakeFor(3);
        Assert.Equal((1, 3, 4), (_slot.OldestGeneration, _slot.InUse.Generation, _slot.Newest.Generation));
    }

    [Fact]
    public void Without_bundles_it_is_told_which_generations_nothing_is_on_the_way_of()
    {
        Assert.Equal(0, _slot.EndedInDevice);
        (_device[1].IsFinal, _device[2].IsFinal) = (true, true);
        Assert.Equal(2, _slot.EndedInDevice);

        _slot.Forget(2);

        Assert.Equal((3, 3, 0), (_slot.OldestGeneration, _slot.InUse.Generation, _slot.EndedInDevice));
    }

    [Fact]
    public void The_newest_rules_are_never_forgotten()
    {
        _slot.Forget(9);
        Assert.Equal((4, 4), (_slot.OldestGeneration, _slot.TakeFor(4).Generation));
    }

    private ActiveRules Rules(int generation)
    {
        var table = MarkTable.Compile(RuleSet.Empty with { Generation = generation });
        table.PassedByDevice = _device[generation];
        return ActiveRules.Of(table, Plan);
    }

    private sealed class Passed : IPassedCounts
    {
        public int Places => 1;

        public bool IsFinal { get; set; }

        public void ReadCounts(Span<PacketTally> counts) => counts.Clear();
    }
}
