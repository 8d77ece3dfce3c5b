namespace Pipeline.Nic.Diagnostics;

/// <summary>Finds the word that somebody who mistyped one probably meant. Any thread.</summary>
public static class Nearest
{
    private const int LongestWord = 64;

    /// <param name="word">The word as it was written. Its case does not matter, and a dash equals an underscore.</param>
    /// <param name="known">The words that could have been meant.</param>
    /// <returns>
    /// The known word with the smallest edit distance, the first of several; null where more than half of the shorter one of the two
    /// would change.
    /// </returns>
    public static string? Of(string word, IEnumerable<string> known)
    {
        if (word.Length > LongestWord) return null;
        var typed = word.ToLowerInvariant().Replace('_', '-');
        var best = known
            .Where(k => k.Length <= LongestWord)
            .Select(k => (Word: k, Distance: Distance(typed, k.ToLowerInvariant().Replace('_', '-'))))
            .OrderBy(k => k.Distance)
            .FirstOrDefault();
        return best.Word is not null && best.Distance <= Math.Max(1, Math.Min(typed.Length, best.Word.Length) / 2) ? best.Word : null;
    }

    /// <summary>
    /// The number of single letters inserted, deleted or replaced and of neighbours swapped (Damerau 1964, optimal string alignment).
    /// </summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, 1 + Math.Min(rows[i - 1, j], rows[i, j - 1]));
                var swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                if (swapped) rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[a.Length, b.Length];
    }
}
