using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Hocon;

/// <summary>
/// Cuts a text into tokens. It only moves forward, so its work is linear in any text. The characters that need quotes, the white space and
/// the comments follow the HOCON specification,
/// </summary>
internal sealed partial class HoconScanner(SourceText source, Findings findings)
{
    private const string MustBeQuoted = "$\"{}[]:=,+#`^?!@*&\\";

    private readonly string _text = source.Text;
    private int _lineStart;
    private int? _indent;
    private int _at = source.Text.StartsWith('\uFEFF') ? 1 : 0;

    /// <summary>Characters looked at; tests hold it against the length of the text.</summary>
    public long Work { get; private set; }

    /// <summary>The first string without an end that swallowed brackets.</summary>
    public int? LostAt { get; private set; }

    /// <summary>Gives up on the rest of the text: from here on there is only <see cref="HoconTokenKind.End"/>.</summary>
    public void Stop() => _at = _text.Length;

    public HoconToken Next()
    {
        SkipBlanksAndComments();
        var isFirst = _indent is null;
        _indent ??= _at - _lineStart;
        var token = Cut() with { Indent = _indent.Value, IsFirst = isFirst };
        if (token.Kind == HoconTokenKind.NewLine) (_lineStart, _indent) = (_at, null);
        return token;
    }

    private HoconToken Cut()
    {
        if (_at >= _text.Length) return new HoconToken(HoconTokenKind.End, _text.Length, _text.Length);

        var start = _at;
        var c = _text[start];
        if (c == '"') return Quoted();
        if (IsWordCharacter(c)) return Word();

        Advance();
        if (c == '+' && Peek() == '=') return Take(HoconTokenKind.Append, start);
        if (c == '$' && Peek() == '{') return Substitution(start);
        return new HoconToken(KindOf(c), start, _at);
    }

    private static HoconTokenKind KindOf(char c) => c switch
    {
        '\n' => HoconTokenKind.NewLine,
        ',' => HoconTokenKind.Comma,
        '{' => HoconTokenKind.OpenBrace,
        '}' => HoconTokenKind.CloseBrace,
        '[' => HoconTokenKind.OpenBracket,
        ']' => HoconTokenKind.CloseBracket,
        '=' or ':' => HoconTokenKind.Assign,
        _ => HoconTokenKind.Reserved,
    };

    private HoconToken Take(HoconTokenKind kind, int start)
    {
        Advance();
        return new HoconToken(kind, start, _at);
    }

    private HoconToken Word()
    {
        var start = _at;
        while (_at < _text.Length && IsWordCharacter(_text[_at]) && !AtComment()) Advance();

        // In `/data//x.pcap` HOCON takes the end for a comment. Nobody who writes that means it.
        if (AtComment())
        {
            findings.Warning(source, new TextSpan(_at, 1), "a comment begins in the middle of a word", "begins here",
                "put the value in double quotes, or a blank in front of the comment");
        }

        return new HoconToken(HoconTokenKind.Word, start, _at);
    }

    private HoconToken Substitution(int start)
    {
        while (_at < _text.Length && _text[_at] is not ('}' or '\n')) Advance();
        if (Peek() == '}') Advance();
        return new HoconToken(HoconTokenKind.Substitution, start, _at);
    }

    private void SkipBlanksAndComments()
    {
        while (_at < _text.Length)
        {
            if (IsBlank(_text[_at])) Advance();
            else if (AtComment()) SkipComment();
            else return;
        }
    }

    private void SkipComment()
    {
        while (_at < _text.Length && _text[_at] != '\n') Advance();
    }

    private bool AtComment() => Peek() == '#' || (Peek() == '/' && Peek(1) == '/');

    private static bool IsBlank(char c) => c != '\n' && (char.IsWhiteSpace(c) || c == '\uFEFF');

    private static bool IsWordCharacter(char c) => c != '\n' && !IsBlank(c) && !char.IsControl(c) && !MustBeQuoted.Contains(c);

    /// <summary>A character ahead; NUL behind the end of the text.</summary>
    private char Peek(int ahead = 0) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';

    private void Advance(int characters = 1)
    {
        _at += characters;
        Work += characters;
    }
}
