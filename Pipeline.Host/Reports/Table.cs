namespace Pipeline.Host.Reports;

/// <summary>Columns of text.</summary>
internal static class Table
{
    /// <param name="rows">Cells; every row as many as the first.</param>
    /// <param name="leftColumns">So many columns are words, set to the left; the others are numbers, set to the right.</param>
    public static IReadOnlyList<string> Lines(IReadOnlyList<string[]> rows, int leftColumns)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c].Length)).ToArray();
        return [.. rows.Select(r => string.Join("  ", r.Select((cell, c) => c < leftColumns ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]))).TrimEnd())];
    }
}
