using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Hocon;

/// <summary>Reads what is allowed behind a key or in a list, and rejects the rest.</summary>
internal sealed partial class HoconParser
{
    private const int DeepestAllowed = HoconReader.DeepestNesting;

    /// <returns>Null after an error.</returns>
    private HoconNode? Value(int depth)
    {
        var first = _token;
        if (!CountValue(first)) return null;
        if (depth > DeepestAllowed && first.Kind is HoconTokenKind.OpenBrace or HoconTokenKind.OpenBracket)
        {
            TooDeep(first);
            return null;
        }

        switch (first.Kind)
        {
            case HoconTokenKind.OpenBrace:
                var target = new HoconObject(_source, TextSpan.Between(first.Start, first.End));
                Braces(target, depth);
                return target;
            case HoconTokenKind.OpenBracket:
                return List(depth);
            case HoconTokenKind.Text:
                Next();
                return new HoconValue(_source, TextSpan.Between(first.Start, first.End), first.Text!, quoted: true);
            case HoconTokenKind.Word:
                return Words();
            default:
                Unexpected("a value");
                return null;
        }
    }

    /// <summary>Words on one line are one value, the blanks between them included: <c>50 us</c>.</summary>
    private HoconValue Words()
    {
        var start = _token.Start;
        var end = start;
        while (_token.Kind == HoconTokenKind.Word)
        {
            end = _token.End;
            Next();
        }

        return new HoconValue(_source, TextSpan.Between(start, end), _source.Text[start..end], quoted: false);
    }

    /// <summary>Reads what must follow a value: a comma, a new line, or the end of the object or list.</summary>
    private bool EndOfValue()
    {
        switch (_token.Kind)
        {
            case HoconTokenKind.NewLine or HoconTokenKind.Comma or HoconTokenKind.End
                or HoconTokenKind.CloseBrace or HoconTokenKind.CloseBracket:
                return true;
            case HoconTokenKind.OpenBrace:
            case HoconTokenKind.OpenBracket:
                return Refuse(_token, "joining a value with another (value concatenation)", "put a comma or a new line between them");
            case HoconTokenKind.Text:
            case HoconTokenKind.Word:
                Error(
                    _token,
                    $"{Shown(_token)} behind a value; expected a comma or a new line",
                    help: "before the next key stands a comma; a value of several parts stands in one pair of double quotes");
                return false;
            default:
                Unexpected("a comma or a new line");
                return false;
        }
    }

    private void Unexpected(string expected)
    {
        switch (_token.Kind)
        {
            case HoconTokenKind.Substitution:
                Refuse(_token, "a substitution beside other text", "write ${?NAME} as the whole value, and all of the text into the variable");
                break;
            case HoconTokenKind.Append:
                Refuse(_token, "`+=`", "write the whole list");
                break;
            case HoconTokenKind.Reserved:
            case HoconTokenKind.Assign:
                Error(_token, $"{Shown(_token)} found; expected {expected}", help: "a value with such a character stands in double quotes");
                break;
            default:
                Error(_token, $"{Shown(_token)} found; expected {expected}");
                break;
        }
    }

    private bool TooDeep(HoconToken at)
    {
        Error(at, $"nested deeper than {DeepestAllowed} levels");
        return false;
    }

    /// <summary>Limits the memory that a small text can ask for.</summary>
    private bool CountValue(HoconToken at)
    {
        if (_values++ < HoconReader.MostValues) return true;
        Error(at, $"more than {HoconReader.MostValues} values in one text; the rest is not read");
        _brackets.Silence();
        _scanner.Stop();
        return false;
    }

    private string Shown(HoconToken token) => token.Kind switch
    {
        HoconTokenKind.End => "the end of the text",
        HoconTokenKind.NewLine => "the end of the line",
        HoconTokenKind.Reserved when char.IsControl(_source.Text[token.Start]) =>
            $"control character U+{(int)_source.Text[token.Start]:X4}",
        _ => $"`{Quoted.Short(_source.Text.AsSpan(token.Start, token.End - token.Start))}`",
    };
}
