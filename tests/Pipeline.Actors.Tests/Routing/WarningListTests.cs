using Pipeline.Actors.Routing;
using Pipeline.Nic.Diagnostics;
using Xunit;

namespace Pipeline.Actors.Tests.Routing;

public class WarningListTests
{
    [Fact]
    public void The_first_warnings_are_kept_and_the_rest_is_counted()
    {
        var list = new WarningList();
        var source = new SourceText("r", "rule");

        list.Add(Enumerable.Range(0, WarningList.Most + 7).Select(i => Diagnostic.Warning(source, default, $"number {i}")));

        var lines = list.Lines.ToList();
        Assert.Equal(WarningList.Most + 1, lines.Count);
        Assert.Contains("number 0", lines[0]);
        Assert.Equal("warning: 7 more warnings of filters and link types are left out", lines[^1]);
    }
}
