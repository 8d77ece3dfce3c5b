namespace Pipeline.Host.Reports;

/// <summary>Which generations a history has, for whoever asked for one that it does not have.</summary>
internal static class GenerationsInWords
{
    /// <param name="asked">The generation that is not there.</param>
    /// <param name="known">Those that are, in ascending order.</param>
    public static string Unknown(int asked, IReadOnlyList<int> known) => $"the history has no generation {asked}; it has {Ranges(known)}";

    /// <summary>Numbers in ascending order, neighbours put together: 1, 3 to 6.</summary>
    private static string Ranges(IReadOnlyList<int> numbers)
    {
        List<string> ranges = [];
        for (var first = 0; first < numbers.Count;)
        {
            var last = first;
            while (last + 1 < numbers.Count && numbers[last + 1] == numbers[last] + 1) last++;
            ranges.Add(first == last ? $"{numbers[first]}" : $"{numbers[first]} to {numbers[last]}");
            first = last + 1;
        }

        return string.Join(", ", ranges);
    }
}
