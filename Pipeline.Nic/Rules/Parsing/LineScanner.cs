using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Rules.Parsing;

/// <summary>A word of a line, with its place in the text. Empty at the end of the line.</summary>
internal readonly record struct Word(string Text, TextSpan Span, bool IsQuoted)
{
    public bool IsEnd => Span.Length == 0;

    /// <summary>The word as messages show it.</summary>
    public string Shown => IsQuoted ? "a quoted text" : $"'{Quoted.Short(Text)}'";

    /// <summary>A help line that names the nearest of the words that were possible, or null where none is near.</summary>
    public string? Meant(IEnumerable<string> possible) => Nearest.Of(Text, possible) is { } near ? $"did you mean '{near}'?" : null;

    public bool Is(string keyword) => !IsQuoted && Text == keyword;
}

/// <summary>Cuts one line into words: runs of characters that are not white space, and quoted stretches without escapes.</summary>
internal sealed class LineScanner(string text, int start, int end)
{
    private int _position = start;
    private Word? _peeked;

    public int Start { get; } = start;

    public int End { get; } = end;

    /// <summary>The place of an opening quote that the line never closes; -1 when there is none so far.</summary>
    public int OpenQuote { get; private set; } = -1;

    /// <summary>The end of the last word that was taken.</summary>
    public int LastWordEnd { get; private set; } = start;

    public Word Peek() => _peeked ??= Scan();

    public Word Next()
    {
        var word = Peek();
        _peeked = null;
        if (!word.IsEnd) LastWordEnd = word.Span.End;
        return word;
    }

    private Word Scan()
    {
        while (_position < End && char.IsWhiteSpace(text[_position])) _position++;
        if (_position == End || text[_position] == '#') return new Word("", new TextSpan(_position, 0), false);
        return text[_position] == '"' ? ScanQuoted() : ScanPlain();
    }

    private Word ScanPlain()
    {
        var from = _position;
        while (_position < End && !char.IsWhiteSpace(text[_position])) _position++;
        return new Word(Known(text.AsSpan(from, _position - from)) ?? text[from.._position], TextSpan.Between(from, _position), false);
    }

    /// <summary>The words that every rule has. They need no text of their own.</summary>
    private static string? Known(ReadOnlySpan<char> word) => word switch
    {
        "rule" => "rule",
        "match" => "match",
        "filter" => "filter",
        "mark" => "mark",
        "continue" => "continue",
        _ => null,
    };

    private Word ScanQuoted()
    {
        var from = _position;
        var close = text.IndexOf('"', from + 1, End - from - 1);
        if (close < 0)
        {
            OpenQuote = from;
            close = End;
        }

        _position = Math.Min(close + 1, End);
        return new Word(text[(from + 1)..close], TextSpan.Between(from, _position), true);
    }
}
