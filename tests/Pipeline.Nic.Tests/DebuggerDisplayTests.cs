using Pipeline.Nic.Pages;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests;

public sealed class DebuggerDisplayTests
{
    [Fact]
    public void What_a_debugger_shows_of_a_type_is_there()
    {
        var displays = DebuggerDisplays.Of(typeof(PagePool).Assembly);

        Assert.NotEmpty(displays);
        Assert.DoesNotContain(displays, d => d.Value.Length > 0);
    }
}
