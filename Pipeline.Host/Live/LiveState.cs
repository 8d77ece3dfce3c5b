namespace Pipeline.Host.Live;

/// <summary>The tables that are shown, by the digits that choose them.</summary>
internal enum LiveTab
{
    All = 1,
    Consumers,
    Rules,
    Queues,
    Routes,
    Losses,
}

/// <summary>What somebody at the keyboard has chosen to see.</summary>
/// <param name="Scroll">The lines above the first one shown. The view shows no emptiness where there are fewer.</param>
internal sealed record LiveState(LiveTab Tab = LiveTab.All, LiveOrder Order = default, int Scroll = 0, bool IsPaused = false, bool HasHelp = false, bool IsOver = false)
{
    /// <summary>The state after a key.</summary>
    /// <param name="page">The lines that scroll and are seen.</param>
    /// <param name="most">The furthest that it can be scrolled.</param>
    public LiveState After(Key key, int page, int most)
    {
        if (key == Key.Quit) return this with { IsOver = true };
        if (HasHelp && !key.Scrolls) return this with { HasHelp = false, Scroll = 0 };
        return key.Name switch
        {
            KeyName.Up => To(Scroll - 1),
            KeyName.Down => To(Scroll + 1),
            KeyName.PageUp => To(Scroll - Math.Max(1, page - 1)),
            KeyName.PageDown => To(Scroll + Math.Max(1, page - 1)),
            KeyName.Home => To(0),
            KeyName.End => To(most),
            KeyName.Letter => After(key.Letter),
            _ => this,
        };

        LiveState To(int scroll) => this with { Scroll = Math.Clamp(scroll, 0, most) };
    }

    private LiveState After(char letter) => letter switch
    {
        'h' or '?' => this with { HasHelp = true, Scroll = 0 },
        's' => this with { Order = Order.Next() },
        'r' => this with { Order = Order.Reversed() },
        'p' => this with { IsPaused = !IsPaused },
        >= '1' and <= '6' => this with { Tab = (LiveTab)(letter - '0'), Scroll = 0 },
        _ => this,
    };
}
