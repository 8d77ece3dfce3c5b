using Pipeline.Actors.Telemetry;
using Pipeline.Host.Live;
using Pipeline.Host.Tests.Running;
using Xunit;

namespace Pipeline.Host.Tests.Live;

public sealed class LiveDisplayTests
{
    [Fact]
    public async Task A_line_said_meanwhile_stands_above_the_table_and_a_later_one_goes_straight_to_the_terminal()
    {
        var terminal = new StringWriter();
        await using var notices = new Notices(terminal);

        await LiveDisplay.Show(terminal, new LiveSubject("sim", null), Speak(), notices);
        notices.WriteLine("after");

        var text = terminal.ToString();
        Assert.Contains("draining", text);
        Assert.Contains("balanced", text[text.IndexOf("draining", StringComparison.Ordinal)..]);
        Assert.EndsWith("after\n", text);

        async IAsyncEnumerable<PipelineView> Speak()
        {
            yield return Views.Empty;
            await notices.WriteLineAsync("draining");
            yield return Views.Full;
        }
    }

    [Fact]
    public void Notices_without_a_display_are_the_terminals()
    {
        var terminal = new StringWriter();
        using var notices = new Notices(terminal);

        notices.Write("a ");
        notices.WriteLine("line");

        Assert.Equal("a line\n", terminal.ToString());
    }
}
