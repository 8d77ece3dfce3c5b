using System.Globalization;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Rules.Parsing;

/// <summary>Reads one term, <c>ADDRESS:MASK:VALUE</c>; reading ends at the first fault in it.</summary>
/// <param name="isGuard">Whether the term is a guard's, which knows more bases.</param>
internal sealed class TermReader(Word word, RuleDiagnostics report, bool isGuard = false)
{
    private readonly string _text = word.Text;
    private readonly AddressReader _address = new(word, report, isGuard);

    public Term? Read()
    {
        if (_address.Read(out var at) is not { } address) return null;
        var colon = at < _text.Length && _text[at] == ':' ? _text.IndexOf(':', at + 1) : -1;
        if (colon < 0)
        {
            var missing = at < _text.Length ? "the term has no value" : "the term has no mask";
            report.Error(word.Span, missing, "expected ADDRESS:MASK:VALUE");
            return null;
        }

        if (HexMask.Read(word, at + 1, colon, report) is not { } mask) return null;
        return ReadValue(colon + 1, mask) is { } value ? new Term(address, mask.Width, mask.Value, value) : null;
    }

    private ulong? ReadValue(int from, HexMask mask)
    {
        var span = TextSpan.Between(word.Span.Start + from, word.Span.End);
        var digits = HexMask.Digits(_text.AsSpan(from));
        if (digits.IsEmpty || digits.ContainsAnyExcept(HexMask.HexDigits))
        {
            report.Error(span, $"'{Quoted.Short(_text.AsSpan(from))}' is not a value", "expected hex digits");
            return null;
        }

        if (digits.Length > 2 * mask.Width)
        {
            report.Error(
                span,
                $"value '{Quoted.Short(_text.AsSpan(from))}' does not fit mask '{Quoted.Short(mask.TextIn(_text))}'",
                Excess(digits, mask));
            return null;
        }

        var value = ulong.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if ((value & ~mask.Value) != 0)
            WarnOfBitsOutside(span, $"'{Quoted.Short(_text.AsSpan(from))}'", value, mask);
        return value;
    }

    private void WarnOfBitsOutside(TextSpan span, string shown, ulong value, HexMask mask)
    {
        var message = $"value {shown} has bits outside mask '{Quoted.Short(mask.TextIn(_text))}': the rule can never match";
        report.Warning(span, message, $"bits 0x{value & ~mask.Value:x}");
    }

    /// <summary>"17 bits; the mask selects 16", or the digits where only leading zeros are too many.</summary>
    private static string Excess(ReadOnlySpan<char> digits, HexMask mask)
    {
        var significant = digits.TrimStart('0');
        if (significant.Length <= 2 * mask.Width) return $"{digits.Length} digits; the mask has {2 * mask.Width}";
        var bits = (4L * (significant.Length - 1)) + BitLength(significant[0]);
        return $"{bits} bits; the mask selects {8 * mask.Width}";
    }

    private static int BitLength(char digit) => 32 - int.LeadingZeroCount(Convert.ToInt32(digit.ToString(), 16));
}
