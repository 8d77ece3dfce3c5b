using CsCheck;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Actors.Tests.Routing;

public sealed class RouteTableSpecs
{
    private static readonly Gen<RouteOptions> AnyRoute = Gen.Select(Gen.UInt[0, 7], Gen.UInt[0, 7], Gen.Bool, Gen.Bool, (mark, mask, copy, selected) =>
        new RouteOptions { To = "somewhere", Mark = mark & mask, MarkMask = mask, Copy = copy, OnlySelected = selected });

    [Fact]
    public void The_first_route_that_matches_wins()
    {
        var table = new RouteTable([To("one", mark: 1), To("odd", mark: 1, mask: 1), To("two", mark: 2)]);

        Assert.Equal(["one", "odd", "two", "stack"], new uint[] { 1, 3, 2, 4 }.Select(m => Final(table, m)));
    }

    [Fact]
    public void Copies_are_made_on_the_way_to_the_final_route_and_not_behind_it()
    {
        var table = new RouteTable([To("seen", mask: 0) with { Copy = true }, To("one", mark: 1), To("late", mask: 0) with { Copy = true }]);

        Assert.Equal(new RouteDecision(1, 0b001), table.Resolve(1, selected: true));
        Assert.Equal(new RouteDecision(3, 0b101), table.Resolve(2, selected: true));
    }

    [Fact]
    public void A_route_of_selected_packets_lets_others_by()
    {
        var table = new RouteTable([To("wanted", mask: 0) with { OnlySelected = true }]);

        Assert.Equal(("wanted", "stack"), (Final(table, 5, selected: true), Final(table, 5, selected: false)));
    }

    [Fact]
    public void Without_routes_everything_goes_to_the_stack() => Assert.Equal("stack", Final(new RouteTable([]), 0xffffffff));

    [Fact]
    public void A_last_route_of_everything_needs_no_stack_behind_it() =>
        Assert.Equal("all", Assert.Single(new RouteTable([To("all", mask: 0)]).Routes).To);

    [Theory]
    [InlineData(Overload.ToStack, OnFailure.Drop)]
    [InlineData(Overload.Wait, OnFailure.ToStack)]
    public void Where_a_route_falls_back_on_the_stack_there_is_a_way_to_it(Overload overload, OnFailure failure)
    {
        var first = To("one", mark: 1) with { Overload = overload, OnFailure = failure };

        Assert.Equal(["one", "all", "stack"], new RouteTable([first, To("all", mask: 0)]).Routes.Select(r => r.To));
        Assert.Equal(["one", "stack"], new RouteTable([first, To("stack", mask: 0)]).Routes.Select(r => r.To));
    }

    [Fact]
    public void What_a_guard_keeps_out_goes_to_the_stack_and_no_copy_to_anyone()
    {
        var table = new RouteTable([To("seen", mask: 0) with { Copy = true }, To("zero", mark: 0), To("all", mask: 0)], keepsOut: true);

        Assert.Equal(new RouteDecision(3, 0), table.Resolve(0, PacketFlags.KeptOut | PacketFlags.Selected));
        Assert.Equal(new RouteDecision(1, 0b001), table.Resolve(0, PacketFlags.Selected));
        Assert.Equal("stack", table.Routes[3].To);
    }

    [Fact]
    public void Where_everything_goes_to_the_stack_guards_need_no_way_of_their_own() =>
        Assert.Single(new RouteTable([To("stack", mask: 0)], keepsOut: true).Routes);

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_last_route_that_copies_or_selects_has_the_stack_behind_it(bool copy, bool onlySelected) =>
        Assert.Equal("stack", new RouteTable([To("all", mask: 0) with { Copy = copy, OnlySelected = onlySelected }]).Routes[^1].To);

    [Fact]
    public void Sixty_three_routes_and_the_stack_fit()
    {
        var table = new RouteTable(Enumerable.Range(0, 63).Select(i => To($"r{i}", mark: (uint)i, mask: 0xff) with { Copy = i < 62 }));

        Assert.Equal(new RouteDecision(63, 1), table.Resolve(0, selected: false));
    }

    [Fact]
    public void One_route_more_is_refused() =>
        Assert.Contains("65", Assert.Throws<ArgumentException>(() => new RouteTable(Enumerable.Repeat(To("r", mark: 1), 64))).Message);

    [Fact]
    public void Marks_that_meet_in_the_cache_keep_their_own_answers()
    {
        // All of these fall into one slot: the slot is the two lowest bytes folded together.
        uint[] marks = [0x0000, 0x0101, 0x0202, 0x10000, 0x0000];
        var table = new RouteTable(marks.Distinct().Select(m => To($"to {m:x}", mark: m)));

        Assert.Equal(marks.Select(m => $"to {m:x}"), marks.Select(m => Final(table, m)));
    }

    [Fact]
    public void Whatever_was_asked_before_the_answer_is_that_of_a_plain_walk() =>
        Gen.Select(AnyRoute.Array[0, 8], Gen.Select(Gen.UInt, Gen.Bool).Array[1, 60]).Sample((routes, questions) =>
        {
            var table = new RouteTable(routes);
            return questions.All(q => table.Resolve(Narrow(q.Item1), q.Item2) == Walk(table.Routes, Narrow(q.Item1), q.Item2));
        });

    /// <summary>Few low marks, so that routes match, under varying high bits, so that they meet in the cache.</summary>
    private static uint Narrow(uint any) => any & 0x03000107;

    private static RouteDecision Walk(IReadOnlyList<RouteOptions> routes, uint mark, bool selected)
    {
        bool Matches(RouteOptions r) => (mark & r.MarkMask) == r.Mark && (selected || !r.OnlySelected);
        var final = routes.Index().First(r => Matches(r.Item) && !r.Item.Copy).Index;
        var copies = routes.Index().Take(final).Where(r => Matches(r.Item)).Aggregate(0ul, (bits, r) => bits | (1ul << r.Index));
        return new RouteDecision(final, copies);
    }

    private static string Final(RouteTable table, uint mark, bool selected = true) => table.Routes[table.Resolve(mark, selected).Final].To;

    private static RouteOptions To(string name, uint mark = 0, uint mask = uint.MaxValue) => new() { To = name, Mark = mark & mask, MarkMask = mask };
}
