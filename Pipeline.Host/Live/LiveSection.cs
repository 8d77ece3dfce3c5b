namespace Pipeline.Host.Live;

/// <summary>A table of the view.</summary>
/// <param name="Title">Its name, which heads the first column.</param>
/// <param name="Columns">The others.</param>
internal sealed record LiveSection(string Title, IReadOnlyList<LiveColumn> Columns, IReadOnlyList<LiveRow> Rows)
{
    private const int Gap = 2;

    /// <summary>A name that is cut shorter than this says nothing, so other columns go first.</summary>
    private const int ShortestName = 16;

    /// <summary>
    /// The table as lines of at most a width. Columns that the screen is too narrow for are left out, and then those that find no room, the
    /// ones for the widest screens first. Names are cut last, losses never.
    /// </summary>
    /// <param name="screen">The width of the whole screen, which the table may share with another.</param>
    public IEnumerable<ScreenLine> Lines(int width, int screen, LiveOrder order)
    {
        var rows = order.Sort(Rows);
        List<int> shown = [.. Enumerable.Range(0, Columns.Count).Where(c => Columns[c].From <= screen)];
        var name = Math.Max(Title.Length, Rows.Select(r => r.Name.Length).DefaultIfEmpty().Max());
        while (Room(shown, width) < Math.Min(name, ShortestName) && shown.Exists(c => Columns[c].From > 0))
            shown.Remove(shown.MaxBy(c => (Columns[c].From, c)));
        name = Math.Clamp(Room(shown, width), 1, name);

        yield return Line(name, new Piece(Title, Ink.Faint), [.. shown.Select(c => (c, new Piece(Columns[c].Title, Ink.Faint)))]);
        foreach (var row in rows) yield return Line(name, new Piece(row.Name), [.. shown.Select(c => (c, row.Cells[c]))]);
    }

    /// <summary>What the columns leave for the name.</summary>
    private int Room(List<int> columns, int width) => width - columns.Sum(c => Gap + WidthOf(c));

    private int WidthOf(int column) => Math.Max(Columns[column].Title.Length, Rows.Select(r => r.Cells[column].Text.Length).DefaultIfEmpty().Max());

    private ScreenLine Line(int nameWidth, Piece name, IReadOnlyList<(int Column, Piece Cell)> cells)
    {
        var first = ScreenLine.Of(name.Text, name.Ink).Cut(nameWidth);
        List<Piece> line = [.. first.Pieces, new Piece(new string(' ', nameWidth - first.Width))];
        foreach (var (column, cell) in cells)
        {
            var width = WidthOf(column);
            line.Add(cell with { Text = new string(' ', Gap) + (Columns[column].IsWord ? cell.Text.PadRight(width) : cell.Text.PadLeft(width)) });
        }

        return new(line);
    }
}

/// <summary>A column of a <see cref="LiveSection"/>.</summary>
/// <param name="From">The narrowest screen that shows it.</param>
/// <param name="IsWord">Whether it holds words, which are left-aligned, and not numbers.</param>
internal sealed record LiveColumn(string Title, int From = 0, bool IsWord = false);

/// <summary>A row of a <see cref="LiveSection"/>, with what it can be sorted by.</summary>
internal sealed record LiveRow(string Name, IReadOnlyList<Piece> Cells, long Packets, double Rate, long Lost);
