using System.Globalization;
using System.Text;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Hocon;

/// <summary>Strings in quotes: JSON's (RFC 8259 section 7), and those in three quotes, which have no escapes and may span lines.</summary>
internal sealed partial class HoconScanner
{
    private HoconToken Quoted()
    {
        var start = _at;
        if (Peek(1) == '"' && Peek(2) == '"') return TripleQuoted(start);

        Advance();
        var value = new StringBuilder();
        while (_at < _text.Length && _text[_at] is not ('"' or '\n'))
        {
            if (_text[_at] == '\\') Escape(value);
            else Plain(value);
        }

        if (Peek() == '"') Advance();
        else NoEnd(start);
        return new HoconToken(HoconTokenKind.Text, start, _at, value.ToString());
    }

    private void NoEnd(int start)
    {
        if (_text.AsSpan(start, _at - start).ContainsAny("{}[]")) LostAt ??= start;
        findings.Error(source, new TextSpan(start, 1), "this string has no end; expected `\"` before the end of the line", "begins here",
            "a string of several lines stands in \"\"\" and \"\"\"");
    }

    private HoconToken TripleQuoted(int start)
    {
        Advance(3);
        var content = _at;
        while (_at < _text.Length && !(_text[_at] == '"' && Peek(1) == '"' && Peek(2) == '"')) Advance();
        if (_at >= _text.Length)
        {
            findings.Error(
                source, new TextSpan(start, 3), "this string has no end; expected `\"\"\"` before the end of the text", "begins here");
            return new HoconToken(HoconTokenKind.Text, start, _at, _text[content..]);
        }

        // Of more than three quotes at the end, the last three close the string.
        while (Peek(3) == '"') Advance();
        Advance(3);
        return new HoconToken(HoconTokenKind.Text, start, _at, _text[content..(_at - 3)]);
    }

    private void Plain(StringBuilder value)
    {
        var c = _text[_at];
        if (c < ' ' && c is not ('\t' or '\r'))
        {
            findings.Error(
                source, new TextSpan(_at, 1), $"control character U+{(int)c:X4} in a string; expected it written as `\\u{(int)c:X4}`");
        }

        value.Append(c);
        Advance();
    }

    private void Escape(StringBuilder value)
    {
        var start = _at;
        Advance();
        var c = Peek();
        if (c == 'u' && UnicodeEscape(value)) return;
        if (c != 'u' && Escaped(c) is { } escaped)
        {
            value.Append(escaped);
            Advance();
            return;
        }

        // The character after the backslash is left for the next step, so that a `"` or a line end there still counts. The text may end
        // there.
        findings.Error(
            source,
            TextSpan.Between(start, Math.Min(start + 2, _text.Length)),
            "unknown escape in a string; expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX",
            help: "a backslash itself is written \\\\, or the string put in \"\"\" and \"\"\", where nothing is escaped");
    }

    private static char? Escaped(char c) => c switch
    {
        '"' or '\\' or '/' => c,
        'b' => '\b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        _ => null,
    };

    private bool UnicodeEscape(StringBuilder value)
    {
        if (_at + 5 > _text.Length || !ushort.TryParse(_text.AsSpan(_at + 1, 4), NumberStyles.AllowHexSpecifier, null, out var code))
            return false;
        value.Append((char)code);
        Advance(5);
        return true;
    }
}
