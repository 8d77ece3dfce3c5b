using System.Globalization;
using Pipeline.Actors.Telemetry;

namespace Pipeline.Host.Reports;

/// <summary>Numbers as people read them at a glance.</summary>
internal static class Figures
{
    private static readonly NumberFormatInfo Spaced = new() { NumberGroupSeparator = " " };
    private static readonly string[] Units = ["", " k", " M", " G", " T", " P"];

    /// <summary>All digits if they fit into ten characters: <c>3 612 004</c>, then <c>123.4 M</c>.</summary>
    public static string Count(long count) => count < 100_000_000 ? count.ToString("N0", Spaced) : Scaled(count, 4);

    /// <summary>Three digits and a unit: <c>75.1 k</c>.</summary>
    public static string Short(double number) => Scaled(number, 3);

    /// <summary><c>847 Mbit/s</c>.</summary>
    public static string Bits(Rate rate)
    {
        var text = Scaled(rate.Bytes * 8, 3);
        return text.Contains(' ') ? $"{text}bit/s" : $"{text} bit/s";
    }

    /// <summary><c>45 us</c>, <c>1.2 ms</c>, <c>3 s</c>.</summary>
    public static string Time(double seconds) => seconds switch
    {
        < 1e-3 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0} us"),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0.#} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s"),
    };

    private static string Scaled(double number, int digits)
    {
        var unit = 0;
        // A number that rounds up to four digits before the point gets the next unit.
        var limit = 1000 - (0.5 * Math.Pow(10, 3 - digits));
        for (; number >= limit && unit < Units.Length - 1; unit++) number /= 1000;
        if (unit == 0) return Math.Round(number).ToString("0", CultureInfo.InvariantCulture);
        var decimals = Math.Max(0, digits - (number < 10 ? 1 : number < 100 ? 2 : 3));
        return number.ToString("F" + decimals, CultureInfo.InvariantCulture) + Units[unit];
    }
}
