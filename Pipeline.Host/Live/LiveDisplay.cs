using Pipeline.Actors.Telemetry;
using Spectre.Console;

namespace Pipeline.Host.Live;

/// <summary>Keeps a table of a run on a terminal until the run ends, then takes it away. It alone needs the library that draws.</summary>
internal static class LiveDisplay
{
    public static readonly TimeSpan BetweenViews = TimeSpan.FromMilliseconds(250);

    /// <param name="views">End with the run.</param>
    /// <param name="notices">Lines said meanwhile; they scroll by above the table.</param>
    public static async Task Show(TextWriter terminal, LiveSubject subject, IAsyncEnumerable<PipelineView> views, Notices notices)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal), Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes });
        var live = console.Live(new Text("")).AutoClear(true).Overflow(VerticalOverflow.Crop).Cropping(VerticalOverflowCropping.Bottom);

        // As wide as the terminal, to leave nothing of the table's line that it is written over.
        notices.ShowBy(line => console.WriteLine(line.PadRight(console.Profile.Width - 1)));
        try
        {
            await live.StartAsync(async context =>
            {
                await foreach (var view in views) context.UpdateTarget(LiveTable.Of(view, subject, console.Profile.Width, console.Profile.Height));
            });
        }
        finally
        {
            notices.ShowBy(null);
        }
    }
}

/// <summary>What a table is about.</summary>
/// <param name="Source">The device's name.</param>
/// <param name="Dashboard">Where the page is; null where there is none.</param>
internal sealed record LiveSubject(string Source, string? Dashboard);
