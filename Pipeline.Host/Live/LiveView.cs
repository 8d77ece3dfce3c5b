using Pipeline.Host.Schema;

namespace Pipeline.Host.Live;

/// <summary>
/// A running pipeline as a screen of text: the status, the books, what was lost, then tables. The one view of <c>run</c>, <c>demo</c> and
/// <c>top</c>.
/// </summary>
internal sealed class LiveView
{
    /// <summary>The width from which tables stand beside each other if they find no room below each other.</summary>
    private const int Wide = 80;

    private const int Gap = 4;

    private static readonly string[] Help =
    [
        "Up Down PgUp PgDn Home End   scroll",
        "1 all  2 consumers  3 rules  4 queues  5 routes  6 losses",
        "s   sort by the next column (pipeline order, name, packets, rate, lost)",
        "r   reverse the order",
        "p   pause the display; traffic goes on",
        "h ? this help; any key leaves it",
        "q   quit, and so does Ctrl-C",
    ];

    private readonly IReadOnlyList<ScreenLine> _fixed;
    private readonly IReadOnlyList<ScreenLine> _scrolled;
    private readonly int _height;
    private readonly int _scroll;

    private LiveView(IReadOnlyList<ScreenLine> fixedLines, IReadOnlyList<ScreenLine> scrolled, int height, int scroll)
    {
        (_fixed, _scrolled, _height) = (fixedLines, scrolled, height);
        _scroll = Math.Clamp(scroll, 0, MostScroll);
    }

    /// <summary>The lines that scroll and are seen.</summary>
    public int Page => Math.Max(1, _height - _fixed.Count);

    public int MostScroll => Math.Max(0, _scrolled.Count - Page);

    /// <summary>How many lines come after the last that is seen.</summary>
    public int Below => MostScroll - _scroll;

    /// <summary>No more than the height.</summary>
    public IEnumerable<ScreenLine> Lines => _fixed.Concat(_scrolled.Skip(_scroll).Take(Page)).Take(_height);

    /// <summary>Which of the scrolled lines are seen, as <c>3-20 of 45</c>; empty where all are.</summary>
    public string Place => MostScroll == 0 ? "" : $"{_scroll + 1}-{_scroll + Page} of {_scrolled.Count}";

    public static LiveView Of(Sighting seen, LiveState state, int width, int height)
    {
        width = Math.Max(1, width);
        IReadOnlyList<ScreenLine> status = [LiveHead.Title(seen, width), .. LiveHead.Status(seen, state, width)];
        IReadOnlyList<ScreenLine> books = [.. LiveHead.Books(seen.Snapshot, width), .. LiveHead.Losses(seen.Snapshot, width)];
        var room = height - status.Count - books.Count;
        IReadOnlyList<ScreenLine> body = state.HasHelp ? [.. Help.SelectMany(l => ScreenLine.Wrap(l.Split(' ').Select(w => new Piece(w)), width))] : Tables(seen.Snapshot, state, width, room);
        if (seen.Silence is not null) (books, body) = ([.. books.Select(Old)], [.. body.Select(Old)]);

        // On a low screen the head must not take the room of the tables.
        if (room >= height / 2) return new([.. status, .. books], body, height, state.Scroll);
        return status.Count <= height / 2 ? new(status, [.. books, .. body], height, state.Scroll) : new([], [.. status, .. books, .. body], height, state.Scroll);
    }

    private static List<ScreenLine> Tables(SnapshotJson snapshot, LiveState state, int width, int room)
    {
        if (Chosen(snapshot, state.Tab) is { } one) return [ScreenLine.Empty, .. Table(one, width)];
        LiveSection[] all = [LiveSections.Consumers(snapshot), LiveSections.Rules(snapshot), LiveSections.Queues(snapshot), LiveSections.Routes(snapshot)];
        var below = Stacked(all, width);
        if (below.Count <= room || width < Wide) return below;
        var half = (width - Gap) / 2;
        var (left, right) = (Stacked([all[0], all[2]], half), Stacked([all[1], all[3]], half));
        return [.. Enumerable.Range(0, Math.Max(left.Count, right.Count)).Select(i => Beside(left.ElementAtOrDefault(i), right.ElementAtOrDefault(i), half))];

        List<ScreenLine> Stacked(IEnumerable<LiveSection> sections, int w) => [.. sections.SelectMany(s => Table(s, w).Prepend(ScreenLine.Empty))];

        IEnumerable<ScreenLine> Table(LiveSection section, int w) => section.Lines(w, width, state.Order);
    }

    private static LiveSection? Chosen(SnapshotJson snapshot, LiveTab tab) => tab switch
    {
        LiveTab.Consumers => LiveSections.Consumers(snapshot),
        LiveTab.Rules => LiveSections.Rules(snapshot),
        LiveTab.Queues => LiveSections.Queues(snapshot),
        LiveTab.Routes => LiveSections.Routes(snapshot),
        LiveTab.Losses => LiveSections.Losses(snapshot),
        _ => null,
    };

    private static ScreenLine Beside(ScreenLine? left, ScreenLine? right, int half)
    {
        if (right is null || right.Width == 0) return left ?? ScreenLine.Empty;
        IEnumerable<Piece> first = left?.Pieces ?? [];
        return new([.. first, new(new string(' ', half + Gap - (left?.Width ?? 0))), .. right.Pieces]);
    }

    private static ScreenLine Old(ScreenLine line) => line.In(Ink.Faint);
}
