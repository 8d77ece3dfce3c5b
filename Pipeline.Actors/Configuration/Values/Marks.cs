using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Values;

/// <summary>What a route compares a packet's mark with.</summary>
internal readonly record struct MarkMatch(uint Mark, uint Mask);

/// <summary><c>VALUE</c> or <c>VALUE/MASK</c>, each decimal or, with <c>0x</c>, hexadecimal.</summary>
internal static class Marks
{
    public static readonly Reading<MarkMatch> Match = new(
        "VALUE or VALUE/MASK of at most 32 bits, decimal or with 0x, such as `0x20/0xf0`", TryRead);

    private static bool TryRead(string text, out MarkMatch match)
    {
        match = default;
        var slash = text.IndexOf('/');
        var mask = uint.MaxValue;
        if (!MarkNumber.TryParse(slash < 0 ? text : text.AsSpan(0, slash), out var mark)) return false;
        if (slash >= 0 && !MarkNumber.TryParse(text.AsSpan(slash + 1), out mask)) return false;
        match = new MarkMatch(mark, mask);
        return true;
    }
}
