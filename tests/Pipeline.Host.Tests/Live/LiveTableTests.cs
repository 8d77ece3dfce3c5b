using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Host.Live;
using Pipeline.Host.Tests.Running;
using Spectre.Console;
using Xunit;

namespace Pipeline.Host.Tests.Live;

public sealed class LiveTableTests
{
    private static readonly LiveSubject Subject = new("sim", "http://127.0.0.1:8480");

    /// <summary>As the demo has them, after a while.</summary>
    private static readonly PipelineView Demo = Views.Full with
    {
        AtRest = false,
        Queues = [.. Enumerable.Range(0, 4).Select(i => new QueueView($"sim:{i}", new(99_999_999, 9_999_999_999), 1) { Rate = new(54_321, 43_210_000) })],
        Rules = [.. Enumerable.Range(0, 7).Select(i => Rule($"rule-{i}"))],
        Routes =
        [
            Route("capture", 0x10, uint.MaxValue, true),
            Route("flows", 0x20, 0xf0, false),
            Route("stack", 0x30, 0xf0, false),
            Route("stack", 0, 0, false),
        ],
        Consumers = [new("capture", "af_packet", new(60, 4000), 5, 0, []), new("flows", "bypass", new(60, 4000), 5, 0, []), new("stack", "stack", new(30, 1900), 3, 0, [])],
    };

    [Theory]
    [InlineData(80, 24)]
    [InlineData(100, 30)]
    [InlineData(160, 50)]
    public void It_fits_the_terminal_with_every_part(int width, int height)
    {
        var lines = Render(Demo, width, height);

        Assert.InRange(lines.Count, 1, height);
        Assert.All(lines, l => Assert.InRange(l.Length, 0, width));
        foreach (var part in new[] { "sim:3", "99 999 999", "54.3 k", "rule-6", "unmatched", "0x20/0xf0", "capture (copy)", "balanced", "share-exceeded 7", "ring-full 5", "Ctrl-C", Subject.Dashboard! })
            Assert.Contains(lines, l => l.Contains(part));
    }

    [Fact]
    public void A_wide_one_tells_bytes_and_policies()
    {
        var text = string.Join('\n', Render(Demo, 160, 50));

        Assert.Contains("346 Mbit/s", text);
        Assert.Contains("drop-new", text);
        Assert.Contains("12 / 1640", text);
    }

    [Theory]
    [InlineData(24, false, "and 91 more")]
    [InlineData(24, true, "and 92 more")]
    [InlineData(40, false, "and 78 more")]
    [InlineData(40, true, "and 79 more")]
    public void Rules_that_find_no_room_are_counted(int height, bool isGuarded, string words)
    {
        var lines = Render(Demo with { Guards = isGuarded ? Demo.Guards : [], Rules = [.. Enumerable.Range(0, 100).Select(i => Rule($"rule-{i}"))] }, 80, height);

        Assert.Contains(lines, l => l.Contains(words));
        Assert.Equal(isGuarded, lines.Exists(l => l.Contains("kept out")));
        Assert.Equal(height, lines.Count);
    }

    [Fact]
    public void Brackets_in_a_name_are_no_markup() => Assert.Contains(Render(Demo with { Rules = [Rule("[red]x")] }, 80, 24), l => l.Contains("[red]x"));

    private static RuleView Rule(string name) => new(name, 0x10, uint.MaxValue, new(1_234_567, 1)) { Rate = new(1234, 5678) };

    private static RouteView Route(string to, uint mark, uint mask, bool copy) =>
        new(new RouteOptions { To = to, Mark = mark, MarkMask = mask, Copy = copy }, Overload.DropNew, new(99_999_999, 1), Views.Full.Ledger.DroppedByReason, 12, 1640);

    private static List<string> Render(PipelineView view, int width, int height)
    {
        var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No });
        console.Profile.Width = width;
        console.Profile.Height = height;
        console.Write(LiveTable.Of(view, Subject, width, height));
        return [.. text.ToString().TrimEnd('\n').Split('\n')];
    }
}
