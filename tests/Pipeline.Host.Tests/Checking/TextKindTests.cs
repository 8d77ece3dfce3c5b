using Pipeline.Host.Checking;
using Pipeline.Nic.Diagnostics;
using Xunit;

namespace Pipeline.Host.Tests.Checking;

public sealed class TextKindTests
{
    [Theory]
    [InlineData("edge.rules", "pipeline { }", true)]
    [InlineData("edge.conf", "rule x", false)]
    [InlineData("edge.hocon", "", false)]
    [InlineData("edge", "# words\n\n  rule x match 0:ff:00 mark 1", true)]
    [InlineData("edge.txt", "keep-out off ssh", true)]
    [InlineData("edge.txt", "// words\npipeline { rules = x }", false)]
    [InlineData("edge.txt", "rules = x", false)]
    [InlineData("edge.txt", "", false)]
    public void The_name_or_the_first_word_tells_rules_from_configuration(string name, string text, bool expected) =>
        Assert.Equal(expected, TextKind.IsRules(new SourceText(name, text)));
}
