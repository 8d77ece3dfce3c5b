using System.Globalization;

namespace Pipeline.Actors.Configuration.Values;

/// <summary>Counts, shares and speeds.</summary>
internal static class Numbers
{
    /// <summary>A percentage above 0% and at most 100%, read as a fraction.</summary>
    public static readonly Reading<double> Share = new("a percentage above 0% and at most 100%, such as `25%`", TryReadShare);

    /// <summary>A multiple of the original speed; null for as fast as possible.</summary>
    public static readonly Reading<double?> ReplaySpeed = new(
        $"`max`, or a number above 0 and at most {FastestReplay} (1 = original timing)", TryReadSpeed);

    private const int FastestReplay = 1_000_000;

    public static Reading<int> Between(int least, int most) => new(
        $"a whole number from {least} to {most}",
        (string text, out int value) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most);

    public static Reading<long> Between(long least, long most) => new(
        most == long.MaxValue ? $"a whole number from {least} up" : $"a whole number from {least} to {most}",
        (string text, out long value) =>
            long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most);

    /// <summary>A rate per second; null for no limit.</summary>
    public static Reading<long?> Rate(long most) => new(
        $"`max`, or a whole number of packets a second from 1 to {most}",
        (string text, out long? value) =>
        {
            var isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rate);
            value = isNumber ? rate : null;
            return isNumber ? rate >= 1 && rate <= most : text == "max";
        });

    private static bool TryReadShare(string text, out double share)
    {
        var fine = Quantity.TryParse(text, out var quantity) && quantity is { Unit: "%", Number: > 0 and <= 100 };
        share = fine ? (double)(quantity.Number / 100) : 0;
        return fine;
    }

    private static bool TryReadSpeed(string text, out double? speed)
    {
        speed = null;
        if (text == "max") return true;
        if (!Quantity.TryParse(text, out var quantity) || quantity is not { Unit: "", Number: > 0 and <= FastestReplay }) return false;
        speed = (double)quantity.Number;
        return true;
    }
}
