using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

public sealed class RuleSetDeltaTests
{
    private const string Dns = "rule dns match 0:ff:35 mark 1\n";
    private const string Web = "rule web match 0:ff:50 mark 2\n";
    private const string Ssh = "rule ssh match 0:ff:16 mark 3\n";

    [Theory]
    [InlineData(Dns, Dns, "")]
    [InlineData(Dns, "# a comment\n  rule dns   match 0:ff:0x35 mark 0x1", "")]
    [InlineData(Dns, Dns + Web, "+web")]
    [InlineData(Dns + Web, Web, "-dns")]
    [InlineData(Dns, "rule dns match 0:ff:36 mark 1", "~dns")]
    [InlineData(Dns, "rule dns match 0:ff:35 mark 1/0xf", "~dns")]
    [InlineData(Dns, "rule dns match 0:ff:35 mark 1 continue", "~dns")]
    [InlineData(Dns + Web, Web + Dns, "order")]
    [InlineData(Dns + Web + Ssh, Dns + Ssh, "-web")]
    [InlineData(Dns + Web, Ssh + Web + Dns, "+ssh order")]
    [InlineData(Dns, Dns + "keep-out off ssh", "guards")]
    [InlineData("keep-out off ssh\nkeep-out off arp", "keep-out off arp\nkeep-out off ssh", "")]
    public void What_differs_is_named(string from, string to, string expected) =>
        Assert.Equal(expected, InShort(RuleSetDelta.Between(RuleText.Valid(from), RuleText.Valid(to))));

    private static string InShort(RuleSetDelta delta)
    {
        List<string> parts = [.. delta.Added.Select(n => "+" + n), .. delta.Removed.Select(n => "-" + n), .. delta.Changed.Select(n => "~" + n)];
        if (delta.IsReordered) parts.Add("order");
        if (delta.GuardsChanged) parts.Add("guards");
        Assert.Equal(parts.Count == 0, delta.IsEmpty);
        return string.Join(' ', parts);
    }
}
