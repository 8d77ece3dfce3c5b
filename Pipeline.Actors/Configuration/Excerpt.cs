namespace Pipeline.Actors.Configuration;

/// <summary>What a user wrote, made fit for a message: not endless, and without characters that would drive a terminal.</summary>
internal static class Excerpt
{
    private const int Longest = 60;

    public static string Of(string text) => Of(text.AsSpan());

    public static string Of(ReadOnlySpan<char> text)
    {
        var shown = text[..Math.Min(text.Length, Longest)].ToString();
        return string.Concat(shown.Select(c => char.IsControl(c) ? '\uFFFD' : c)) + (text.Length > Longest ? "..." : "");
    }
}
