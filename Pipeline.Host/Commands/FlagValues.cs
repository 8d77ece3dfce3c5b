using System.Globalization;
using System.Net;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Configuration.Values;
using Pipeline.Nic.Devices;

namespace Pipeline.Host.Commands;

/// <summary>The values of flags, read as tcpdump and dumpcap define them.</summary>
internal static class FlagValues
{
    /// <summary>The unit of a file size: kB of 1000 bytes (dumpcap(1), <c>-b filesize</c>).</summary>
    private const long FileSizeUnit = 1000;

    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(365);

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

    public static TimeSpan? StopAfter(string flag, string? text)
    {
        if (text is null) return null;
        var (name, value) = Pair(text);
        return name == "duration" ? Seconds(flag, text, value) : throw new UsageException($"{flag} {text}: expected duration:SECONDS");
    }

    /// <param name="texts">All values given for the flag.</param>
    public static RotateOptions? Rotate(string flag, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0) return null;
        var rotate = new RotateOptions();
        foreach (var text in texts) rotate = Limit(rotate, flag, text);
        return rotate.FileBytes is null && rotate.Duration is null
            ? throw new UsageException($"{flag} files:{rotate.Files} says how many files to keep; say when a new one begins: {flag} filesize:KB or {flag} duration:SECONDS")
            : rotate;
    }

    private static RotateOptions Limit(RotateOptions rotate, string flag, string text)
    {
        var (name, value) = Pair(text);
        return name switch
        {
            "filesize" when rotate.FileBytes is null => rotate with { FileBytes = FileSizeUnit * Whole(flag, text, value, long.MaxValue / FileSizeUnit, "kB") },
            "files" when rotate.Files is null => rotate with { Files = (int)Whole(flag, text, value, int.MaxValue, "files") },
            "duration" when rotate.Duration is null => rotate with { Duration = Seconds(flag, text, value) },
            "filesize" or "files" or "duration" => throw new UsageException($"{flag} {name} is given twice"),
            _ => throw new UsageException($"{flag} {text}: expected filesize:KB, files:N or duration:SECONDS"),
        };
    }

    private static long Whole(string flag, string text, string value, long most, string unit) =>
        long.TryParse(value, NumberStyles.None, null, out var number) && number > 0 && number <= most
            ? number
            : throw new UsageException($"{flag} {text}: expected a whole number of {unit}, 1 or more");

    private static TimeSpan Seconds(string flag, string text, string value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, null, out var seconds) && seconds > 0 && seconds <= LongestTime.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageException($"{flag} {text}: expected a number of seconds above 0 and at most {LongestTime.TotalSeconds:0}");

    private static (string Name, string Value) Pair(string text)
    {
        var colon = text.IndexOf(':');
        return colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..]);
    }
}
