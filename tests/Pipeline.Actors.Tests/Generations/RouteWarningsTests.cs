using Pipeline.Actors.Configuration;
using Pipeline.Actors.Generations;
using Xunit;

namespace Pipeline.Actors.Tests.Generations;

public sealed class RouteWarningsTests
{
    private static readonly RouteOptions Guests = new() { To = "guests", Mark = 0x20, MarkMask = 0xf0 };
    private static readonly RouteOptions Dns = new() { To = "dns", Mark = 0x10, MarkMask = uint.MaxValue };

    [Theory]
    [InlineData("0x20", false)]
    [InlineData("0x2f", false)]
    [InlineData("0x10", false)]
    [InlineData("0x11", true)]
    [InlineData("0x30", true)]
    [InlineData("0x100/0xf00", false)]
    [InlineData("0x120/0xff0", false)]
    [InlineData("0", false)]
    [InlineData("0x30 continue", false)]
    public void A_mark_that_no_route_takes_is_warned_about(string mark, bool warned)
    {
        var rules = RuleTexts.Set($"rule r match 0:ff:01 mark {mark}");

        Assert.Equal(warned ? 1 : 0, RouteWarnings.Of(rules, [Guests, Dns]).Count);
    }

    [Fact]
    public void Where_no_route_asks_for_a_mark_nothing_is_warned_about() =>
        Assert.Empty(RouteWarnings.Of(RuleTexts.Set("rule r match 0:ff:01 mark 1"), [new RouteOptions { To = "all" }]));

    [Fact]
    public void A_route_that_takes_everything_takes_every_mark() =>
        Assert.Empty(RouteWarnings.Of(RuleTexts.Set("rule r match 0:ff:01 mark 1"), [Guests, new RouteOptions { To = "rest" }]));

    [Fact]
    public void The_warning_stands_at_the_rule_and_names_the_mark()
    {
        var warning = Assert.Single(RouteWarnings.Of(RuleTexts.Set("# one\nrule r match 0:ff:01 mark 0x30"), [Guests]));

        Assert.StartsWith("test.rules:2:1: warning: rule 'r': no route takes its mark 0x30; its packets go to stack", warning.ToString());
    }

    [Theory]
    [InlineData(100, "rule 'r99': no route takes its mark 0x11; its packets go to stack")]
    [InlineData(5000, "rule 'r99' and 4900 more: no route takes their marks; their packets go to stack")]
    public void Of_many_rules_the_last_warning_stands_for_the_rest(int rules, string last)
    {
        var text = string.Concat(Enumerable.Range(0, rules).Select(i => $"rule r{i} match 0:ffff:{i:x4} mark 0x11\n"));

        var warnings = RouteWarnings.Of(RuleTexts.Set(text), [Guests, Dns]);

        Assert.Equal((100, last), (warnings.Count, warnings[^1].Message));
    }
}
