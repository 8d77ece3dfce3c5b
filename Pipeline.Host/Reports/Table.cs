namespace Pipeline.Host.Reports;

/// <summary>Columns of text.</summary>
internal static class Table
{
    /// <param name="rows">The cells. Every row has as many as the first.</param>
    /// <param name="leftColumns">The number of columns of words, which are left-aligned. The others are numbers, right-aligned.</param>
    public static IReadOnlyList<string> Lines(IReadOnlyList<string[]> rows, int leftColumns)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c].Length)).ToArray();
        return [.. rows.Select(r => string.Join("  ", r.Select((cell, c) => c < leftColumns ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]))).TrimEnd())];
    }
}
