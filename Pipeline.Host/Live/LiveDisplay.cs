using Pipeline.Actors.Telemetry;
using Spectre.Console;

namespace Pipeline.Host.Live;

/// <summary>
/// Shows a table of a run on a terminal until the run ends, then removes it. The library that draws is loaded only with it.
/// </summary>
internal static class LiveDisplay
{
    public static readonly TimeSpan BetweenViews = TimeSpan.FromMilliseconds(250);

    /// <param name="views">The views, which end with the run.</param>
    /// <param name="notices">Lines written meanwhile. They scroll by above the table.</param>
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
                await foreach (var view in views) context.UpdateTarget(LiveTable.Of(view, subject, console.Profile.Width, console.Profile.Height));
            });
        }
        finally
        {
            notices.ShowBy(null);
        }
    }
}

/// <summary>The subject of a table.</summary>
/// <param name="Source">The device's name.</param>
/// <param name="Dashboard">The address of the page; null for none.</param>
internal sealed record LiveSubject(string Source, string? Dashboard);
