using System.Globalization;

namespace Pipeline.Nic.Rules.Parsing;

/// <summary>Numbers of marks: decimal, or hex with <c>0x</c>; 32 bits, no sign, no white space.</summary>
internal static class MarkNumber
{
    public static bool TryParse(ReadOnlySpan<char> text, out uint value) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? uint.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
