using System.Globalization;

namespace Pipeline.Nic.Diagnostics;

/// <summary>Numbers of marks, as rules and routes write them.</summary>
public static class MarkNumber
{
    /// <summary>Decimal, or hex with <c>0x</c>; 32 bits, no sign, no white space.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out uint value) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? uint.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    /// <summary><c>0x10</c>, or <c>0x10/0xf0</c> where not all bits are written.</summary>
    public static string Text(uint mark, uint mask = uint.MaxValue) => mask == uint.MaxValue ? $"0x{mark:x}" : $"0x{mark:x}/0x{mask:x}";
}
