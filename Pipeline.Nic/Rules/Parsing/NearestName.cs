namespace Pipeline.Nic.Rules.Parsing;

/// <summary>Guesses which name was meant by one that does not exist.</summary>
internal static class NearestName
{
    private const int LongestGuessed = 32;

    /// <summary>A help line naming the nearest of the names, or null when none is near.</summary>
    public static string? Help(string written, IEnumerable<string> names)
    {
        if (written.Length > LongestGuessed) return null;
        var (name, distance) = names.Select(n => (Name: n, Distance: Distance(written.ToLowerInvariant(), n))).MinBy(n => n.Distance);
        return distance <= name.Length / 2 ? $"did you mean '{name}'?" : null;
    }

    /// <summary>Letters to insert, delete or replace to make one out of the other (Levenshtein).</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[^1];
    }
}
