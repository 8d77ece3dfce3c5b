namespace Pipeline.Host.Server;

/// <summary>Cuts long texts for an <see cref="AnswerBody"/>.</summary>
internal static class TextPieces
{
    /// <summary>Even if each is escaped in JSON, which makes six bytes of it, they are hardly more than a piece of an answer.</summary>
    public const int MostCharacters = 6 << 10;

    /// <summary>The length of the first piece. Two characters that are one code point stay together.</summary>
    public static int First(ReadOnlySpan<char> text)
    {
        if (text.Length <= MostCharacters) return text.Length;
        return char.IsHighSurrogate(text[MostCharacters - 1]) ? MostCharacters - 1 : MostCharacters;
    }
}
