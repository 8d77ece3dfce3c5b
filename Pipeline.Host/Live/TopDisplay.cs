namespace Pipeline.Host.Live;

/// <summary>A display that somebody at a keyboard moves about in, until they quit.</summary>
internal sealed class TopDisplay(SnapshotFeed feed, ILiveScreen screen, TimeProvider clock)
{
    /// <summary>How often it is painted while nothing comes, to say for how long.</summary>
    private static readonly TimeSpan BetweenPaints = TimeSpan.FromSeconds(1);

    private LiveState _state = new();

    /// <summary>What is shown while the display is paused.</summary>
    private Sighting? _kept;

    /// <param name="end">Ends it too. Its outcome does not matter.</param>
    public async Task Show(Task end)
    {
        using var stop = new CancellationTokenSource();
        var asking = feed.Run(stop.Token);
        try
        {
            while (!_state.IsOver && !end.IsCompleted)
            {
                var (news, changed) = (feed.Changed, screen.Changed);
                var view = Paint();
                var key = screen.Keys.Completion.IsCompleted ? Task.Delay(Timeout.Infinite, stop.Token) : screen.Keys.WaitToReadAsync(stop.Token).AsTask();
                await Task.WhenAny(key, news, changed, end, Task.Delay(BetweenPaints, clock, stop.Token));
                while (screen.Keys.TryRead(out var pressed)) Press(pressed, view);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAny(asking, end);
        }
    }

    /// <summary>The last line: what can be done, what is chosen, and what of it is seen.</summary>
    internal static ScreenLine Foot(LiveState state, string place) => new(
    [
        new("q", Ink.Bold), new(" quit  "), new("h", Ink.Bold), new(" help"),
        new(state.IsPaused ? "  paused" : "", Ink.Poor),
        new(place.Length > 0 ? $"  lines {place}" : ""),
        new(state.Tab == LiveTab.All ? "" : $"  {state.Tab.ToString().ToLowerInvariant()}"),
        new(state.Order == default ? "" : $"  by {state.Order.Words}"),
    ]);

    private LiveView Paint()
    {
        var (width, height) = screen.Size;
        _kept = _state.IsPaused ? _kept ?? feed.Seen : null;
        var view = LiveView.Of(_kept ?? feed.Seen, _state, width, height - 1);
        List<ScreenLine> lines = [.. view.Lines];
        while (lines.Count < height - 1) lines.Add(ScreenLine.Empty);
        screen.Paint([.. lines.Append(Foot(_state, view.Place).Cut(width))]);
        return view;
    }

    private void Press(Key pressed, LiveView view) => _state = _state.After(pressed, view.Page, view.MostScroll);
}
