using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests;

public sealed class DebuggerDisplayTests
{
    [Fact]
    public void What_a_debugger_shows_of_a_type_is_there()
    {
        var displays = DebuggerDisplays.Of(typeof(PipelineRun).Assembly);

        Assert.NotEmpty(displays);
        Assert.DoesNotContain(displays, d => d.Value.Length > 0);
    }
}
