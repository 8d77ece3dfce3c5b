namespace Pipeline.Nic.Rules.Parsing;

/// <summary>Input as messages quote it: short, and without characters that could drive a terminal.</summary>
internal static class Shown
{
    private const int Longest = 40;

    public static string Word(Word word) => word.IsQuoted ? "a quoted text" : Text(word.Text);

    public static string Text(ReadOnlySpan<char> text)
    {
        var cut = text.Length > Longest ? text[..Longest] : text;
        var safe = string.Concat(cut.ToString().Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c));
        return $"'{safe}{(text.Length > Longest ? "..." : "")}'";
    }
}
