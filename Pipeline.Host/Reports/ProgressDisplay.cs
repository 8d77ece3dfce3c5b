namespace Pipeline.Host.Reports;

/// <summary>Shows the progress of a run until it ends: a bar or a table on a terminal, a line now and then elsewhere.</summary>
internal static class ProgressDisplay
{
    // A run that ends before anyone could see a bar needs none.
    private static readonly TimeSpan FirstBar = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(10);

    /// <param name="what">The name of the source.</param>
    /// <param name="read">Called from any thread.</param>
    /// <param name="end">Ends the display. Its outcome does not matter.</param>
    /// <param name="live">The display to show on a terminal instead of a bar; null for the bar.</param>
    public static async Task Show(Terminal terminal, string what, Func<Progress> read, Task end, TimeProvider time, Func<Task>? live = null)
    {
        if (!terminal.AllowsEscapes) await ShowLines(terminal, read, end, time);
        else if (!await Ends(end, FirstBar, time)) await (live?.Invoke() ?? ProgressBar.Show(terminal.Error, what, read, end));
    }

    private static async Task ShowLines(Terminal terminal, Func<Progress> read, Task end, TimeProvider time)
    {
        while (!await Ends(end, BetweenLines, time)) terminal.Error.WriteLine(read().ToString());
    }

    private static async Task<bool> Ends(Task end, TimeSpan within, TimeProvider time)
    {
        using var given = new CancellationTokenSource();
        var first = await Task.WhenAny(end, Task.Delay(within, time, given.Token));
        await given.CancelAsync();
        return first == end;
    }
}
