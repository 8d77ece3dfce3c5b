using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Hocon;

/// <summary>
/// Makes a tree of tokens, with one token of lookahead. After an error it continues at the next separator of the same object or list, so
/// that one run reports every error.
/// </summary>
internal sealed partial class HoconParser
{
    private readonly SourceText _source;
    private readonly Findings _findings;
    private readonly HoconInputs _inputs;
    private readonly HoconScanner _scanner;
    private readonly Brackets _brackets;
    private HoconToken _token;
    private int _values;

    /// <param name="values">How many values were read before, in texts that include this one.</param>
    public HoconParser(SourceText source, Findings findings, HoconInputs inputs, int values = 0)
    {
        _inputs = inputs;
        _values = values;
        _source = source;
        _findings = findings;
        _scanner = new HoconScanner(source, findings);
        _brackets = new Brackets(source, findings);
        Next();
    }

    /// <summary>Characters and tokens looked at.</summary>
    public long Work { get; private set; }

    /// <summary>The whole text: an object, its braces optional.</summary>
    /// <param name="depth">How deep in other texts it stands.</param>
    public HoconObject Root(int depth = 1)
    {
        SkipNewLines();
        var root = new HoconObject(_source, new TextSpan(0, _source.Text.Length));
        if (_token.Kind == HoconTokenKind.OpenBrace)
        {
            Braces(root, depth);
            ExpectEnd("behind the `}` that closes the configuration");
        }
        else
        {
            Fields(root, depth);
        }

        Work += _scanner.Work;
        return root;
    }

    /// <summary>The whole text as one value.</summary>
    public HoconNode? OnlyValue()
    {
        SkipNewLines();
        var value = Value(depth: 1);
        ExpectEnd("behind the value");
        return value;
    }

    private void ExpectEnd(string where)
    {
        SkipNewLines();
        if (_token.Kind != HoconTokenKind.End) Error(_token, $"{Shown(_token)} {where}; expected nothing more");
        _scanner.Stop();
    }

    /// <summary>An object in braces, read into <paramref name="target"/>; the current token is the brace that opens it.</summary>
    private void Braces(HoconObject target, int depth)
    {
        var opening = _token;
        _brackets.Open(opening);
        Next();
        Fields(target, depth);
        if (_token.Kind == HoconTokenKind.CloseBrace)
        {
            _brackets.Close(_token);
            target.Span = TextSpan.Between(opening.Start, _token.End);
            Next();
        }
        else
        {
            _brackets.NeverClosed(_token);
        }
    }

    /// <summary>Fields up to the brace, bracket or end that cannot belong to them.</summary>
    private void Fields(HoconObject target, int depth)
    {
        var afterField = false;
        while (true)
        {
            switch (_token.Kind)
            {
                case HoconTokenKind.End:
                case HoconTokenKind.CloseBrace when _brackets.AnyBrace:
                case HoconTokenKind.CloseBracket when _brackets.AnyBracket:
                    return;
                case HoconTokenKind.CloseBrace:
                case HoconTokenKind.CloseBracket:
                    _brackets.ClosesNothing(_token);
                    Next();
                    break;
                case HoconTokenKind.NewLine:
                    Next();
                    break;
                case HoconTokenKind.Comma:
                    if (!afterField) Error(_token, "`,` without a field before it; expected a key");
                    afterField = false;
                    Next();
                    break;
                default:
                    if (!Field(target, depth)) Recover();
                    afterField = true;
                    break;
            }
        }
    }

    /// <summary>Skips to the next separator or closing bracket at this level, across anything nested before it.</summary>
    private void Recover()
    {
        // Skipped brackets are counted, not kept: a text of nothing but braces must not cost memory.
        var nested = 0;
        var outermost = _token;
        while (_token.Kind != HoconTokenKind.End)
        {
            var opens = _token.Kind is HoconTokenKind.OpenBrace or HoconTokenKind.OpenBracket;
            var closes = _token.Kind is HoconTokenKind.CloseBrace or HoconTokenKind.CloseBracket;
            if (nested == 0 && (closes || _token.Kind is HoconTokenKind.NewLine or HoconTokenKind.Comma)) return;
            if (opens && nested == 0) outermost = _token;
            nested += opens ? 1 : closes ? -1 : 0;
            Next();
        }

        if (nested == 0) return;
        _brackets.Open(outermost);
        _brackets.NeverClosed(_token);
    }

    private void SkipNewLines()
    {
        while (_token.Kind == HoconTokenKind.NewLine) Next();
    }

    private void Next()
    {
        Work++;
        _token = _scanner.Next();
        _brackets.LostAt ??= _scanner.LostAt;
    }

    private void Error(HoconToken at, string message, string? note = null, string? help = null) =>
        _findings.Error(_source, TextSpan.Between(at.Start, at.End), message, note, help);
}
