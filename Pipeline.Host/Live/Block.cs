using Pipeline.Actors.Telemetry;
using Pipeline.Host.Reports;
using Pipeline.Nic.Accounts;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Pipeline.Host.Live;

/// <summary>Rows of words, packets, their rate, and more figures, under faint titles.</summary>
internal sealed class Block
{
    private readonly Spectre.Console.Table _table = new Spectre.Console.Table().NoBorder().Collapse();
    private readonly int _columns;

    public Block(IReadOnlyList<string> words, IReadOnlyList<string> numbers, IReadOnlyList<string> more)
    {
        _columns = words.Count + numbers.Count + more.Count;
        foreach (var title in words) Column(title, Justify.Left);
        foreach (var title in numbers.Concat(more)) Column(title, Justify.Right);
    }

    public Block Add(IReadOnlyList<string> words, PacketTally tally, Rate rate, IReadOnlyList<string> more)
    {
        IEnumerable<string> cells = [.. words, Figures.Count(tally.Packets), Figures.Short(rate.Packets), .. more];
        _table.AddRow(cells.Select(c => new Text(c)));
        return this;
    }

    /// <summary>Says how many rows there was no room for.</summary>
    public IRenderable More(int rows)
    {
        if (rows > 0) _table.AddRow([new Text($"and {rows} more"), .. Enumerable.Repeat<IRenderable>(new Text(""), _columns - 1)]);
        return _table;
    }

    private void Column(string title, Justify side) =>
        _table.AddColumn(new TableColumn(new Markup($"[grey]{title}[/]")) { Alignment = side, NoWrap = true, Padding = new Padding(0, 0, 2, 0) });
}

/// <summary>One line of marked-up text that is cut off where the terminal ends.</summary>
internal sealed class Line(string markup) : IRenderable
{
    private readonly Markup _markup = new Markup(markup).Overflow(Overflow.Ellipsis);

    public Measurement Measure(RenderOptions options, int maxWidth) => ((IRenderable)_markup).Measure(options, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var lines = Segment.SplitLines(((IRenderable)_markup).Render(options, int.MaxValue));
        return lines.Count == 0 ? [] : Segment.Truncate(lines[0], maxWidth);
    }
}
