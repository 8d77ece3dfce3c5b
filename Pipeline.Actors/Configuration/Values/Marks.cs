using System.Globalization;

namespace Pipeline.Actors.Configuration.Values;

/// <summary>What a route compares a packet's mark with.</summary>
internal readonly record struct MarkMatch(uint Mark, uint Mask);

/// <summary><c>VALUE</c> or <c>VALUE/MASK</c>, each decimal or, with <c>0x</c>, hexadecimal.</summary>
internal static class Marks
{
    public static readonly Reading<MarkMatch> Match = new("VALUE or VALUE/MASK of at most 32 bits, decimal or with 0x, such as `0x20/0xf0`", TryRead);

    private static bool TryRead(string text, out MarkMatch match)
    {
        match = default;
        var slash = text.IndexOf('/');
        var mask = uint.MaxValue;
        if (!TryReadNumber(slash < 0 ? text : text[..slash], out var mark)) return false;
        if (slash >= 0 && !TryReadNumber(text[(slash + 1)..], out mask)) return false;
        match = new MarkMatch(mark, mask);
        return true;
    }

    private static bool TryReadNumber(string text, out uint number) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        ? uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
