using Pipeline.Actors.Configuration;
using Pipeline.Actors.Setup;
using Xunit;

namespace Pipeline.Actors.Tests.Configuration;

public sealed class BreakerBindingTests
{
    private const string FailsOpen = "t.conf:2:33: warning: this route fails open: while its breaker is open, its packets go to the normal stack unseen";

    [Theory]
    [InlineData("", 0.05, 3_000, null)]
    [InlineData("drops = 12.5%, for = 500 ms, back = manual", 0.125, 500, null)]
    [InlineData("back = 2 m", 0.05, 3_000, 120_000)]
    public void A_breaker_is_bound_and_warned_of(string keys, double drops, int milliseconds, int? back)
    {
        var (options, diagnostics) = Configurations.Load(Text($"{{ {keys} }}"));

        var expected = new BreakerOptions { Drops = drops, For = TimeSpan.FromMilliseconds(milliseconds), Back = back is { } b ? TimeSpan.FromMilliseconds(b) : null };
        Assert.Equal(expected, options!.Routes[0].Breaker);
        var warning = Assert.Single(diagnostics);
        Assert.StartsWith(FailsOpen, warning.ToString());
        Assert.EndsWith(back is null ? "gets through until somebody closes it" : "gets through until its pause is over", warning.Note);
    }

    [Theory]
    [InlineData("{ drop = 5% }", "35: error: unknown key `drop` in `pipeline.routes.breaker`")]
    [InlineData("{ drops = 0.05 }", "43: error: `drops` is `0.05`; expected a percentage above 0% and at most 100%, such as `25%`")]
    [InlineData("{ drops = 100% }", "43: error: a part of 100% is never exceeded; expected less than 100%")]
    [InlineData("{ for = 50 ms }", "41: error: `for` is `50 ms`; expected a time from 100 ms to 1 h with its unit (ns, us, ms, s, m, h, d), such as `50 us`")]
    [InlineData("{ back = never }", "42: error: `back` is `never`; expected `manual`, or a time from 100 ms to 1 d with its unit (ns, us, ms, s, m, h, d), such as `50 us`")]
    [InlineData("{ }, overload = wait", "33: warning: a route with `overload = wait` drops nothing on the way, so its breaker sees only what its consumer drops")]
    public void What_is_wrong_is_said_beside_the_warning(string breaker, string expected) =>
        Assert.Equal([$"t.conf:2:{expected}", FailsOpen], Configurations.Findings(Text(breaker)).Order(StringComparer.Ordinal).OrderBy(f => f == FailsOpen));

    [Fact]
    public void A_breaker_is_an_object() =>
        Assert.Equal(["t.conf:2:35: error: `breaker` is `on`; expected an object in braces"], Configurations.Findings(Text("= on")));

    [Fact]
    public void The_stack_and_copies_have_none()
    {
        Assert.Equal("t.conf:2:34: error: `breaker` on a route that leads to the stack already; expected none", Configurations.Finding("routes = [ { to = stack, breaker { } } ]"));
        Assert.Equal(
            ["t.conf:2:44: error: `breaker` on a route that copies: the stack would get a packet that has another final route; expected none"],
            Configurations.Findings(Text("{ }", "copy = on, ")));
    }

    [Fact]
    public void Options_made_in_code_are_checked_as_well()
    {
        Check("drops: a part of 0%", new BreakerOptions { Drops = 0 });
        Check("for: 00:00:00", new BreakerOptions { For = TimeSpan.Zero });
        Check("back: 2.00:00:00", new BreakerOptions { Back = TimeSpan.FromDays(2) });

        static void Check(string expected, BreakerOptions breaker) =>
            Assert.Contains(expected, Assert.Throws<ArgumentException>(() => OptionsCheck.Check(new RouteOptions { To = "c", Breaker = breaker })).Message);
    }

    private static string Text(string breaker, string before = "") => $"pipeline {{\nroutes = [ {{ to = sink, {before}breaker {breaker} }} ]\n{Configurations.Sink}\n}}";
}
