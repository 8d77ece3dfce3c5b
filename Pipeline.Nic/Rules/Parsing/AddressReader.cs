using System.Globalization;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Rules.Parsing;

/// <summary>Reads a term's address: <c>N</c>, or a base, steps in brackets and <c>+N</c>.</summary>
/// <param name="isGuard">Whether the bases that only guards use are known as well.</param>
internal sealed class AddressReader(Word word, RuleDiagnostics report, bool isGuard)
{
    /// <summary>Bounds the code that is emitted for one term. Real headers chain two or three.</summary>
    private const int MostSteps = 64;

    private const int LargestShift = 63;

    private readonly string _text = word.Text;
    private int _at;

    /// <param name="end">The index in the word of the colon after the address, or the word's length.</param>
    /// <returns>Null after an error.</returns>
    public FieldAddress? Read(out int end)
    {
        var fieldBase = ReadBase();
        var steps = fieldBase is null ? null : ReadSteps();
        var offset = steps is null ? null : ReadOffset(steps.Length > 0 || _at > 0);
        end = _at;
        return offset is { } bytes ? new FieldAddress(fieldBase!.Value, steps!, bytes) : null;
    }

    private FieldBase? ReadBase()
    {
        if (_text[0] is '[' or '+' || char.IsAsciiDigit(_text[0])) return FieldBase.L2;
        var length = _text.AsSpan().IndexOfAny("[+:");
        var name = _text.AsSpan(0, length < 0 ? _text.Length : length);
        _at = name.Length;
        switch (name)
        {
            case "l2": return FieldBase.L2;
            case "l3": return FieldBase.L3;
            case "l4": return FieldBase.L4;
            case "proto" when isGuard: return FieldBase.Protocol;
            case "later" when isGuard: return FieldBase.Later;
            default:
                Error(0, _at, $"unknown address '{Quoted.Short(name)}'", "expected a number, l2, l3, l4 or a step in brackets");
                return null;
        }
    }

    private AddressStep[]? ReadSteps()
    {
        if (Current != '[') return [];
        List<AddressStep> steps = [];
        while (Current == '[')
        {
            if (steps.Count == MostSteps)
            {
                Error(_at, _at + 1, $"more than {MostSteps} steps in one address");
                return null;
            }

            if (ReadStep() is not { } step) return null;
            steps.Add(step);
        }

        return steps.ToArray();
    }

    private AddressStep? ReadStep()
    {
        var open = _at++;
        var close = _text.IndexOf(']', open);
        if (close < 0)
        {
            Error(open, _text.Length, "the step is not closed", "expected ']'");
            return null;
        }

        if (ReadNumber(int.MaxValue, "a step's offset") is not { } offset) return null;
        if (Current != ':')
        {
            Error(_at, close + 1, "the step has no mask", "expected [OFF:MASK], [OFF:MASK<<S] or [OFF:MASK>>S]");
            return null;
        }

        var from = _at + 1;
        var arrow = _text.AsSpan(from, close - from).IndexOfAny('<', '>');
        var maskEnd = arrow < 0 ? close : from + arrow;
        if (HexMask.Read(word, from, maskEnd, report) is not { } mask) return null;
        _at = maskEnd;
        if (ReadShift(close) is not { } shift) return null;
        _at = close + 1;
        return new AddressStep(offset, mask.Width, mask.Value, shift);
    }

    private int? ReadShift(int close)
    {
        if (_at == close) return 0;
        var arrows = _text.AsSpan(_at, Math.Min(2, close - _at));
        var left = arrows is "<<";
        if (!left && arrows is not ">>")
        {
            Error(_at, close, "unknown shift", "expected << or >>");
            return null;
        }

        _at += 2;
        if (ReadNumber(LargestShift, "a shift") is not { } bits) return null;
        if (_at == close) return left ? bits : -bits;
        Error(_at, close, $"unexpected '{Quoted.Short(_text.AsSpan(_at, close - _at))}'", "expected ']'");
        return null;
    }

    private int? ReadOffset(bool isMoved)
    {
        if (isMoved && Current is ':' or '\0') return _at == 0 ? null : 0;
        if (Current == '+') _at++;
        else if (isMoved)
        {
            Error(_at, _at + 1, $"unexpected '{Quoted.Short(_text.AsSpan(_at, 1))}'", "expected '[', '+' or ':'");
            return null;
        }

        if (ReadNumber(int.MaxValue, "an offset") is not { } offset) return null;
        if (Current is ':' or '\0') return offset;
        Error(_at, _at + 1, $"unexpected '{Quoted.Short(_text.AsSpan(_at, 1))}'", "expected ':' behind the offset");
        return null;
    }

    private int? ReadNumber(int largest, string what)
    {
        var from = _at;
        while (char.IsAsciiDigit(Current)) _at++;
        var digits = _text.AsSpan(from, _at - from);
        if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= largest) return number;
        if (digits.IsEmpty) Error(from, from + 1, $"{what} is missing", "expected a decimal number");
        else Error(from, _at, $"{what} of '{Quoted.Short(digits)}' is too large", $"at most {largest}");
        return null;
    }

    /// <summary>A NUL at the end of the word, which no valid term contains.</summary>
    private char Current => _at < _text.Length ? _text[_at] : '\0';

    private void Error(int from, int to, string message, string? note = null) =>
        report.Error(TextSpan.Between(word.Span.Start + from, word.Span.Start + Math.Min(to, _text.Length)), message, note);
}
