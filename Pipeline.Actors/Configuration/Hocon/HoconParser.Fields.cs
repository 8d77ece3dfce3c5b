using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Hocon;

/// <summary>Reads a key and the value behind it.</summary>
internal sealed partial class HoconParser
{
    private readonly record struct KeyPart(string Text, TextSpan Span);

    /// <returns>False after an error, when the rest of the field is not worth reading.</returns>
    private bool Field(HoconObject target, int depth)
    {
        var first = _token;
        if (Key() is not { } key) return false;
        if (IsInclude(first, key)) return Include(target, depth);
        if (depth + key.Count > DeepestAllowed) return TooDeep(first);
        if (!CountValue(first)) return false;

        for (var i = 0; i < key.Count - 1; i++) target = target.Child(key[i].Text, _source, key[i].Span);
        depth += key.Count;

        SkipNewLines();
        switch (_token.Kind)
        {
            case HoconTokenKind.OpenBrace:
                Braces(target.Child(key[^1].Text, _source, key[^1].Span), depth);
                return EndOfValue();
            case HoconTokenKind.Assign:
                return Assigned(target, key[^1], depth);
            case HoconTokenKind.Append:
                return Refuse(_token, "`+=`", "write the whole list");
            default:
                var span = TextSpan.Between(first.Start, key[^1].Span.End);
                _findings.Error(
                    _source,
                    span,
                    $"the key `{Quoted.Short(_source.Text.AsSpan(span.Start, span.Length))}` has no value; expected `=`, `:` or `{{` "
                    + $"behind it, found {Shown(_token)}");
                return false;
        }
    }

    private bool Assigned(HoconObject target, KeyPart key, int depth)
    {
        var assign = _token;
        Next();
        var sameLine = _token.Kind != HoconTokenKind.NewLine;
        SkipNewLines();
        if (_token.Kind == HoconTokenKind.OpenBrace)
        {
            Braces(target.Child(key.Text, _source, key.Span), depth);
            return EndOfValue();
        }

        // An unquoted word on the next line is the next key far more often than this key's value.
        var missing = _token.Kind is HoconTokenKind.End or HoconTokenKind.Comma or HoconTokenKind.CloseBrace or HoconTokenKind.CloseBracket;
        if (missing || (!sameLine && _token.Kind != HoconTokenKind.OpenBracket))
        {
            Error(assign, $"`{Quoted.Short(key.Text)}` has no value; expected one behind the `{_source.Text[assign.Start]}`");
            return true;
        }

        if (_token.Kind == HoconTokenKind.Substitution)
        {
            if (!Substituted(out var variable)) return false;
            if (variable is not null) target.Put(new HoconField(key.Text, _source, key.Span, variable));
            return EndOfValue();
        }

        if (Value(depth) is not { } value) return false;
        target.Put(new HoconField(key.Text, _source, key.Span, value));
        return EndOfValue();
    }

    /// <summary>The parts of a dotted key, or null after an error.</summary>
    private List<KeyPart>? Key()
    {
        if (_token.Kind is not (HoconTokenKind.Word or HoconTokenKind.Text))
        {
            Unexpected("a key");
            return null;
        }

        var parts = new List<KeyPart>();
        var start = _token.Start;
        var end = start;
        var dotted = true;
        var fine = true;
        while (fine && parts.Count <= DeepestAllowed && _token.Kind is HoconTokenKind.Word or HoconTokenKind.Text
            && (_token.Start == end || parts.Count == 0))
        {
            fine = _token.Kind == HoconTokenKind.Text ? QuotedPart(parts, ref dotted) : WordParts(parts, ref dotted);
            end = _token.End;
            Next();
        }

        var whole = new HoconToken(HoconTokenKind.Word, start, end);
        if (parts.Count > DeepestAllowed) TooDeep(whole);
        else if (!fine || dotted)
            Error(whole, $"the key `{Quoted.Short(_source.Text.AsSpan(start, end - start))}` is incomplete; expected names with one dot "
                + "between them");
        else return parts;
        return null;
    }

    /// <returns>False where a dot is missing before it.</returns>
    private bool QuotedPart(List<KeyPart> parts, ref bool dotted)
    {
        var mayFollow = dotted;
        dotted = false;
        if (mayFollow) parts.Add(new KeyPart(_token.Text!, TextSpan.Between(_token.Start, _token.End)));
        return mayFollow;
    }

    /// <param name="parts">Gets the names in the word.</param>
    /// <param name="dotted">Whether a name may follow: at the start, and behind a dot.</param>
    /// <returns>False where a dot is missing, or a name between two.</returns>
    private bool WordParts(List<KeyPart> parts, ref bool dotted)
    {
        var at = _token.Start;
        while (at < _token.End && parts.Count <= DeepestAllowed)
        {
            var dot = _source.Text.IndexOf('.', at, _token.End - at);
            var end = dot < 0 ? _token.End : dot;
            if (end > at)
            {
                if (!dotted) return false;
                parts.Add(new KeyPart(_source.Text[at..end], TextSpan.Between(at, end)));
            }
            else if (dotted)
            {
                return false;
            }

            dotted = dot >= 0;
            at = end + 1;
        }

        return true;
    }

    private bool IsInclude(HoconToken first, List<KeyPart> key) =>
        first.Kind == HoconTokenKind.Word && key is [{ Text: "include" }] && _token.Kind is HoconTokenKind.Text or HoconTokenKind.Word;

    private bool Refuse(HoconToken at, string what, string instead)
    {
        Error(at, $"{what} is HOCON, but not read here", help: instead);
        return false;
    }
}
