using Pipeline.Host.Reports;
using Xunit;

namespace Pipeline.Host.Tests.Reports;

public sealed class ProgressDisplayTests
{
    private readonly Progress _half = new(50 << 20, 100 << 20, 1234, TimeSpan.FromSeconds(1));

    [Fact]
    public async Task The_bar_shows_what_is_read_and_how_far()
    {
        var end = new TaskCompletionSource();
        var text = new StringWriter();
        var reads = 0;

        await ProgressBar.Show(text, "trace[1].pcapng", Read, end.Task);

        Assert.Contains("trace[1].pcapng", text.ToString());
        Assert.Contains("1 234 packets", text.ToString());

        Progress Read()
        {
            if (++reads == 3) end.SetResult();
            return _half;
        }
    }

    [Fact]
    public async Task A_run_that_is_over_at_once_shows_nothing()
    {
        var screen = new Screen();

        await ProgressDisplay.Show(screen.Terminal with { ErrorIsTerminal = true, Environment = new Dictionary<string, string> { ["TERM"] = "xterm" } }, "x", () => _half, Task.CompletedTask, TimeProvider.System);

        Assert.Empty(screen.Error);
    }

    [Theory]
    [InlineData(true, "xterm", "", true)]
    [InlineData(false, "xterm", "", false)]
    [InlineData(true, "dumb", "", false)]
    [InlineData(true, null, "", false)]
    [InlineData(true, "xterm", "1", false)]
    public void Escapes_need_a_terminal_that_wants_them(bool isTerminal, string? term, string noColor, bool expected)
    {
        var environment = new Dictionary<string, string> { ["NO_COLOR"] = noColor };
        if (term is not null) environment["TERM"] = term;

        Assert.Equal(expected, new Terminal(TextWriter.Null, TextWriter.Null, environment) { ErrorIsTerminal = isTerminal }.AllowsEscapes);
    }
}
