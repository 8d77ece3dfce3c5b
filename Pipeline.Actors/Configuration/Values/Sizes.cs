using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Values;

/// <summary>
/// Sizes in bytes, with HOCON's units: powers of ten (<c>kB</c>, <c>MB</c>) and powers of two (<c>KiB</c>, <c>MiB</c>, also written
/// <c>k</c>, <c>M</c>); https://github.com/lightbend/config/blob/main/HOCON.md, "Size in bytes format".
/// </summary>
internal static class Sizes
{
    private static readonly Dictionary<string, long> Units = MakeUnits();

    public static Reading<long> Between(long least, long most) =>
        new(
            $"a size from {ByteSize.Text(least)} to {ByteSize.Text(most)}, such as `100 MiB`",
            (string text, out long value) => TryRead(text, out value) && value >= least && value <= most);

    /// <summary>
    /// A page's size. It must be a power of two, because code shifts and masks where it would otherwise divide by the size.
    /// </summary>
    public static Reading<int> PowerOfTwo(int least, int most) =>
        Int($"a power of two from {ByteSize.Text(least)} to {ByteSize.Text(most)}, such as `512 KiB`", least, most, long.IsPow2);

    public static Reading<int> Between(int least, int most) => Int(Between((long)least, most).Expected, least, most, _ => true);

    private static Reading<int> Int(string expected, int least, int most, Func<long, bool> allowed) => new(
        expected,
        (string text, out int value) =>
        {
            var fine = TryRead(text, out var size) && size >= least && size <= most && allowed(size);
            value = fine ? (int)size : 0;
            return fine;
        });

    private static bool TryRead(string text, out long value)
    {
        value = 0;
        if (!Quantity.TryParse(text, out var quantity) || !Units.TryGetValue(quantity.Unit, out var factor)) return false;
        var bytes = quantity.Number * factor;
        if (bytes > long.MaxValue || bytes != decimal.Truncate(bytes)) return false;
        value = (long)bytes;
        return true;
    }

    private static Dictionary<string, long> MakeUnits()
    {
        var units = new Dictionary<string, long> { [""] = 1, ["B"] = 1, ["b"] = 1, ["byte"] = 1, ["bytes"] = 1 };
        long ten = 1, two = 1;
        foreach (var (letter, si, iec) in (ReadOnlySpan<(char, string, string)>)
            [('K', "kilo", "kibi"), ('M', "mega", "mebi"), ('G', "giga", "gibi"), ('T', "tera", "tebi"), ('P', "peta", "pebi")])
        {
            ten *= 1000;
            two *= 1024;
            foreach (var name in (ReadOnlySpan<string>)
                [$"{letter}", $"{char.ToLowerInvariant(letter)}", $"{letter}i", $"{letter}iB", iec + "byte", iec + "bytes"])
                units[name] = two;
            foreach (var name in (ReadOnlySpan<string>)[letter == 'K' ? "kB" : $"{letter}B", si + "byte", si + "bytes"]) units[name] = ten;
        }

        return units;
    }
}
