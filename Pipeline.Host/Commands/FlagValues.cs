using System.Globalization;
using System.Net;
using Pipeline.Actors.Configuration.Values;
using Pipeline.Nic.Devices;

namespace Pipeline.Host.Commands;

/// <summary>The values of flags, read as tcpdump and dumpcap define them.</summary>
internal static class FlagValues
{
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(365);
    private static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromDays(1);

    public static long? Count(string flag, string? text) =>
        text is null ? null
        : long.TryParse(text, NumberStyles.None, null, out var count) && count > 0 ? count
        : throw new UsageException($"{flag} {text}: expected a number of packets, 1 or more");

    public static long? Seed(string flag, string? text) =>
        text is null ? null
        : long.TryParse(text, NumberStyles.None, null, out var seed) ? seed
        : throw new UsageException($"{flag} {text}: expected a whole number, 0 or more");

    /// <returns>0 for all bytes, as with tcpdump.</returns>
    public static int? SnapLength(string flag, string? text) =>
        text is null ? null
        : int.TryParse(text, NumberStyles.None, null, out var length) ? length
        : throw new UsageException($"{flag} {text}: expected a number of bytes to keep of each packet, 0 for all");

    public static double? ReplaySpeed(string flag, string? text) =>
        text is null ? null
        : text == "max" ? double.PositiveInfinity
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, null, out var speed) && speed > 0 && double.IsFinite(speed) ? speed
        : throw new UsageException($"{flag} {text}: expected how many times the original speed (1, 0.5, 10), or max");

    public static PacketDirection? Direction(string flag, string? text) => text switch
    {
        null => null,
        "in" => PacketDirection.In,
        "out" => PacketDirection.Out,
        "inout" => PacketDirection.InOut,
        _ => throw new UsageException($"{flag} {text}: expected in, out or inout"),
    };

    public static IPEndPoint? Dashboard(string flag, string? text) =>
        text is null ? null
        : Endpoints.TryRead(text, out var address) ? address
        : throw new UsageException($"{flag} {text}: expected ADDRESS:PORT with a numeric address, such as 127.0.0.1:8480, or off");

    public static string? BasePath(string flag, string? text) =>
        text is null ? null
        : BasePaths.TryRead(text, out var path) ? path
        : throw new UsageException($"{flag} {text}: expected a path of A-Z a-z 0-9 _ . - and /, such as /pipeline");

    /// <summary>The time between two lines about a running pipeline.</summary>
    public static TimeSpan Interval(string flag, string? text)
    {
        var interval = Time(flag, text, LongestInterval) ?? UsualInterval;
        return interval >= ShortestInterval ? interval : throw new UsageException($"{flag} {text}: expected at least {ShortestInterval.TotalMilliseconds:0}ms");
    }

    /// <summary>How many lines about a running pipeline.</summary>
    public static long? Times(string flag, string? text) =>
        text is null ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var times) && times > 0 ? times
        : throw new UsageException($"{flag} {text}: expected a number of lines, 1 or more");

    /// <summary>A time with a unit, or in seconds: <c>90</c>, <c>90s</c>, <c>1.5m</c>, <c>500ms</c>.</summary>
    /// <param name="most">The longest time allowed; null for <see cref="LongestTime"/>.</param>
    public static TimeSpan? Time(string flag, string? text, TimeSpan? most = null)
    {
        if (text is null) return null;
        var longest = most ?? LongestTime;
        var unit = text.AsSpan().TrimStart("0123456789.").ToString().Trim();
        var ticks = unit switch { "" or "s" => TimeSpan.TicksPerSecond, "ms" => TimeSpan.TicksPerMillisecond, "m" => TimeSpan.TicksPerMinute, "h" => TimeSpan.TicksPerHour, _ => 0 };
        return double.TryParse(text[..^unit.Length].TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * ticks >= 1 && number * ticks <= longest.Ticks
            ? TimeSpan.FromTicks((long)(number * ticks))
            : throw new UsageException($"{flag} {text}: expected a time such as 90s, 5m or 1h, at most {longest.TotalHours:0} h");
    }
}
