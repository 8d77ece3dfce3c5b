using Spectre.Console;

namespace Pipeline.Host.Reports;

/// <summary>The bar on a terminal. In a class of its own, so that its library is loaded only when a bar is shown.</summary>
internal static class ProgressBar
{
    private static readonly TimeSpan BetweenUpdates = TimeSpan.FromMilliseconds(100);

    public static async Task Show(TextWriter terminal, string what, Func<Progress> read, Task end)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal), Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes });
        await console.Progress().AutoClear(true).HideCompleted(false)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask("reading", maxValue: 1);
                do
                {
                    var progress = read();
                    task.Description = Markup.Escape($"reading {what}  {progress.Figures()}");
                    task.IsIndeterminate = progress.Fraction is null;
                    task.Value = progress.Fraction ?? 0;
                }
                while (await Task.WhenAny(end, Task.Delay(BetweenUpdates)) != end);
            });
    }
}
