using Pipeline.Actors.Telemetry;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;
using Spectre.Console;

namespace Pipeline.Host.Live;

/// <summary>
/// Shows a run on a terminal until the run ends, then removes what it showed. The library that draws is loaded only with it.
/// </summary>
internal static class LiveDisplay
{
    public static readonly TimeSpan BetweenViews = TimeSpan.FromMilliseconds(250);

    /// <param name="views">The views, which end with the run.</param>
    /// <param name="notices">Lines written meanwhile. They scroll by above the tables.</param>
    public static async Task Show(TextWriter terminal, LiveSubject subject, IAsyncEnumerable<PipelineView> views, Notices notices)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal), Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes });
        var live = console.Live(new Text("")).AutoClear(true).Overflow(VerticalOverflow.Crop).Cropping(VerticalOverflowCropping.Bottom);

        // Padded to the width of the terminal, so that nothing remains of the line of the table that it overwrites.
        notices.ShowBy(line => console.WriteLine(line.PadRight(console.Profile.Width - 1)));
        try
        {
            await live.StartAsync(async context =>
            {
                await foreach (var view in views) context.UpdateTarget(new Rows(Lines(view, subject, console.Profile.Width, console.Profile.Height).Select(Drawn)));
            });
        }
        finally
        {
            notices.ShowBy(null);
        }
    }

    /// <summary>A screen of a run, with what can be done about it in the last line.</summary>
    internal static IReadOnlyList<ScreenLine> Lines(PipelineView view, LiveSubject subject, int width, int height)
    {
        var status = StatusSentence.Of(view);
        var snapshot = SnapshotJson.Of(view, new StatusJson(JsonWord.Of(status.Mood), status.Text), RuntimeJson.Now());
        var seen = LiveView.Of(new Sighting(snapshot, subject.Source), new LiveState(), width, height - 1);
        return [.. seen.Lines, Hints(subject, seen.Below).Cut(width)];
    }

    private static ScreenLine Hints(LiveSubject subject, int below) => new(
    [
        new("Ctrl-C", Ink.Bold), new(" drains and reports"),
        .. subject.Dashboard is { } url ? [new("   more at "), new Piece(url, Ink.Bold)] : Array.Empty<Piece>(),
        new(below > 0 ? $"   {below} more lines in `pipeline top`" : ""),
    ]);

    private static Paragraph Drawn(ScreenLine line)
    {
        var drawn = new Paragraph { Overflow = Overflow.Crop };
        foreach (var piece in line.Pieces) drawn.Append(piece.Text, StyleOf(piece.Ink));

        // A paragraph without text takes no line.
        return line.Width == 0 ? drawn.Append(" ") : drawn;
    }

    private static Style StyleOf(Ink ink) => ink switch
    {
        Ink.Bold => new Style(decoration: Decoration.Bold),
        Ink.Faint => new Style(Color.Grey),
        Ink.Good => new Style(Color.Green),
        Ink.Poor => new Style(Color.Yellow),
        Ink.Bad => new Style(Color.Red),
        _ => Style.Plain,
    };
}

/// <summary>The subject of a display.</summary>
/// <param name="Source">The device's name.</param>
/// <param name="Dashboard">The address of the page; null for none.</param>
internal sealed record LiveSubject(string Source, string? Dashboard);
