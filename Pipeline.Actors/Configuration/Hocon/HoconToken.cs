namespace Pipeline.Actors.Configuration.Hocon;

internal enum HoconTokenKind
{
    End,
    NewLine,
    Comma,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,

    /// <summary><c>=</c> or <c>:</c>.</summary>
    Assign,

    /// <summary><c>+=</c>, which is not read here.</summary>
    Append,

    /// <summary><c>${...}</c>, which may stand for an environment variable.</summary>
    Substitution,

    /// <summary>A string in quotes.</summary>
    Text,

    /// <summary>A run of characters that need no quotes.</summary>
    Word,

    /// <summary>A character that may only stand within quotes.</summary>
    Reserved,
}

/// <param name="Kind">The kind of token.</param>
/// <param name="Start">Position of its first character.</param>
/// <param name="End">Position behind its last character.</param>
/// <param name="Text">For <see cref="HoconTokenKind.Text"/>: the string without quotes and escapes.</param>
internal readonly record struct HoconToken(HoconTokenKind Kind, int Start, int End, string? Text = null)
{
    /// <summary>Characters before the first token of its line.</summary>
    public int Indent { get; init; }

    /// <summary>Whether it is the first token of its line.</summary>
    public bool IsFirst { get; init; }
}
