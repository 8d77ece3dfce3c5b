using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Captures;

/// <summary>
/// Says where in an expression a syntax error is, which libpcap does not: behind the longest beginning that is an expression by itself.
/// </summary>
internal static class FilterPlace
{
    /// <summary>Beginnings that are tried, the longest first.</summary>
    private const int MostTried = 64;

    /// <summary>The most characters that are quoted.</summary>
    private const int MostQuoted = 40;

    public static string Of(string expression)
    {
        foreach (var end in Ends(expression).Reverse().Take(MostTried))
        {
            if (IsExpression(expression[..end])) return $"after character {end}, behind \"{Quoted(expression[..end])}\"";
        }

        return "from character 1 on";
    }

    private static string Quoted(string text) => text.Length <= MostQuoted ? text : $"...{text[^MostQuoted..]}";

    /// <summary>The places where words end, but for the end of the text.</summary>
    private static IEnumerable<int> Ends(string expression) =>
        Enumerable.Range(1, Math.Max(0, expression.Length - 1)).Where(i => !char.IsWhiteSpace(expression[i - 1]) && IsBetween(expression[i - 1], expression[i]));

    private static bool IsBetween(char last, char next) => char.IsWhiteSpace(next) || char.IsLetterOrDigit(last) != char.IsLetterOrDigit(next);

    private static bool IsExpression(string text)
    {
        try
        {
            PacketFilter.CreateQuickly(text);
            return true;
        }
        catch (FilterException)
        {
            return false;
        }
    }
}
