namespace Pipeline.Actors.Configuration.Values;

/// <summary>
/// Times with HOCON's units, nanoseconds to days (https://github.com/lightbend/config/blob/main/HOCON.md, "Duration format"). A number
/// without a unit is refused unless it is 0, because HOCON reads it as milliseconds and dumpcap as seconds.
/// </summary>
internal static class Durations
{
    private const decimal TicksPerNanosecond = 1m / TimeSpan.NanosecondsPerTick;

    private static readonly Dictionary<string, decimal> TicksPerUnit = MakeUnits();

    /// <param name="least">The shortest allowed.</param>
    /// <param name="most">The longest allowed.</param>
    /// <param name="range">The two limits in words.</param>
    public static Reading<TimeSpan> Between(TimeSpan least, TimeSpan most, string range) => new(
        $"a time {range} with its unit (ns, us, ms, s, m, h, d), such as `50 us`",
        (string text, out TimeSpan value) => TryRead(text, out value) && value >= least && value <= most);

    private static bool TryRead(string text, out TimeSpan value)
    {
        value = default;
        if (!Quantity.TryParse(text, out var quantity)) return false;
        if (quantity is { Number: 0, Unit: "" }) return true;
        if (!TicksPerUnit.TryGetValue(quantity.Unit, out var factor)) return false;
        var ticks = quantity.Number * factor;
        if (ticks > long.MaxValue || ticks != decimal.Truncate(ticks)) return false;
        value = new TimeSpan((long)ticks);
        return true;
    }

    private static Dictionary<string, decimal> MakeUnits()
    {
        var units = new Dictionary<string, decimal>();
        void Add(decimal ticks, params ReadOnlySpan<string> names)
        {
            foreach (var name in names) units[name] = ticks;
        }

        Add(TicksPerNanosecond, "ns", "nano", "nanos", "nanosecond", "nanoseconds");
        Add(TimeSpan.TicksPerMicrosecond, "us", "micro", "micros", "microsecond", "microseconds");
        Add(TimeSpan.TicksPerMillisecond, "ms", "milli", "millis", "millisecond", "milliseconds");
        Add(TimeSpan.TicksPerSecond, "s", "second", "seconds");
        Add(TimeSpan.TicksPerMinute, "m", "minute", "minutes");
        Add(TimeSpan.TicksPerHour, "h", "hour", "hours");
        Add(TimeSpan.TicksPerDay, "d", "day", "days");
        return units;
    }
}
