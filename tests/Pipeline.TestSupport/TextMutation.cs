namespace Pipeline.TestSupport;

/// <summary>Breaks a text: pieces left out, doubled, changed for others and put in, and characters of any kind.</summary>
public static class TextMutation
{
    private const string AnyCharacters = "\0\t\r\n \"'\\#/:;,.=+-*[](){}<>|&!$%~^@?_09afAFxX\u00a0\u00e9\u2028\ud800\ufeff\uffff";

    /// <param name="pieces">What the language is made of.</param>
    public static string Apply(string text, ReadOnlySpan<string> pieces, Chance chance)
    {
        for (var times = 1 + chance.Below(4); times > 0; times--)
        {
            var at = chance.Below(text.Length + 1);
            var length = Math.Min(chance.Below(chance.OneIn(4) ? 60 : 8), text.Length - at);
            text = string.Concat(text.AsSpan(0, at), Instead(text, at, length, pieces, chance), text.AsSpan(at + length));
        }

        return text;
    }

    private static string Instead(string text, int at, int length, ReadOnlySpan<string> pieces, Chance chance) => chance.Below(6) switch
    {
        0 => "",
        1 => string.Concat(text.AsSpan(at, length), text.AsSpan(at, length)),
        2 => AnyCharacters[chance.Below(AnyCharacters.Length)].ToString(),
        3 => new string(AnyCharacters[chance.Below(AnyCharacters.Length)], chance.Below(300)),
        _ => chance.Of(pieces),
    };
}
