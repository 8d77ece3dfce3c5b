using System.Buffers;
using System.Globalization;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Rules.Parsing;

/// <summary>A mask. Its number of digits gives the width of the value that it is and-ed with.</summary>
/// <param name="Value">The bits.</param>
/// <param name="Width">Bytes: 1, 2, 4, 6 or 8.</param>
/// <param name="Place">Where it stands in its word.</param>
internal readonly record struct HexMask(ulong Value, int Width, TextSpan Place)
{
    public static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Reads it from a stretch of a word; null after an error.</summary>
    public static HexMask? Read(Word word, int from, int to, RuleDiagnostics report)
    {
        var text = word.Text.AsSpan(from, to - from);
        var span = TextSpan.Between(word.Span.Start + from, word.Span.Start + to);
        var digits = Digits(text);
        if (digits.ContainsAnyExcept(HexDigits))
        {
            report.Error(span, $"'{Quoted.Short(text)}' is not a mask", "expected hex digits");
            return null;
        }

        if (digits.Length is not (2 or 4 or 8 or 12 or 16))
        {
            report.Error(span, $"the mask has {digits.Length} digits", "expected 2, 4, 8, 12 or 16, two for each byte that is read");
            return null;
        }

        var value = ulong.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return new HexMask(value, digits.Length / 2, TextSpan.Between(from, to));
    }

    /// <summary>As written.</summary>
    public ReadOnlySpan<char> TextIn(string word) => word.AsSpan(Place.Start, Place.Length);

    /// <summary>Hex digits without the optional <c>0x</c> before them.</summary>
    public static ReadOnlySpan<char> Digits(ReadOnlySpan<char> text) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
}
