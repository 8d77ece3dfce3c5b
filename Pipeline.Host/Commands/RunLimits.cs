using System.Globalization;
using Pipeline.Actors.Configuration;

namespace Pipeline.Host.Commands;

/// <summary>
/// When a run ends and when a capture goes on in a new file, in dumpcap's <c>-a</c> and <c>-b</c> and in tcpdump's <c>-C</c>, <c>-G</c> and
/// <c>-W</c>.
/// </summary>
/// <param name="StopAfter">The longest run; null for no limit.</param>
/// <param name="StopAfterPackets">The most packets; null for no limit.</param>
/// <param name="Rotate">The limits of files; null for none.</param>
internal sealed record RunLimits(TimeSpan? StopAfter, long? StopAfterPackets, RotateOptions? Rotate)
{
    /// <summary>The unit of a file size: kB of 1000 bytes (dumpcap(1), <c>-b filesize</c>).</summary>
    private const long Kilobyte = 1000;

    /// <summary>The unit of tcpdump's <c>-C</c> (tcpdump(1)).</summary>
    private const long Megabyte = 1_000_000;

    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(365);

    /// <param name="stops">All values of <c>-a</c>.</param>
    /// <param name="rotations">All values of <c>-b</c>.</param>
    /// <param name="megabytes">The value of <c>-C</c>; null where it is not given, as with the others.</param>
    /// <exception cref="UsageException">A value is wrong, or they contradict each other.</exception>
    public static RunLimits Read(IReadOnlyList<string> stops, IReadOnlyList<string> rotations, string? megabytes, string? seconds, string? files)
    {
        var rotate = new RotateOptions();
        foreach (var text in rotations) rotate = Rotation(rotate, text);
        rotate = OfTcpdump(rotate, megabytes, seconds, files);
        var limits = new RunLimits(null, null, rotate);
        foreach (var text in stops) limits = Stop(limits, text);
        return limits with { Rotate = Checked(limits.Rotate!) };
    }

    /// <summary>The value of a flag that takes a duration and nothing else.</summary>
    /// <exception cref="UsageException">It is another.</exception>
    public static TimeSpan? Duration(string flag, string? text)
    {
        if (text is null) return null;
        var (name, value) = Pair(text);
        return name == "duration" ? Seconds(flag, text, value) : throw new UsageException($"{flag} {text}: expected duration:SECONDS");
    }

    private static RotateOptions Rotation(RotateOptions rotate, string text)
    {
        const string Flag = "-b";
        var (name, value) = Pair(text);
        return name switch
        {
            "filesize" when rotate.FileBytes is null => rotate with { FileBytes = Bytes(Flag, text, value, Kilobyte, "kB") },
            "files" when rotate.Files is null => rotate with { Files = (int)Whole(Flag, text, value, int.MaxValue, "files") },
            "duration" when rotate.Duration is null => rotate with { Duration = Seconds(Flag, text, value) },
            "packets" when rotate.Packets is null => rotate with { Packets = Whole(Flag, text, value, long.MaxValue, "packets") },
            "filesize" or "files" or "duration" or "packets" => throw new UsageException($"{Flag} {name} is given twice"),
            "interval" => throw new UsageException($"{Flag} {text}: files do not begin at full intervals of the clock; {Flag} duration:SECONDS begins one so long after the first packet of the last"),
            "nametimenum" => throw new UsageException($"{Flag} {text}: files are named by number, then time: NAME_00001_YYYYMMDDHHMMSS"),
            "printname" => throw new UsageException($"{Flag} {text}: names are not printed; the report says what was written"),
            _ => throw new UsageException($"{Flag} {text}: expected filesize:KB, duration:SECONDS, packets:N or files:N"),
        };
    }

    private static RotateOptions OfTcpdump(RotateOptions rotate, string? megabytes, string? seconds, string? files)
    {
        if (megabytes is not null && rotate.FileBytes is not null) throw new UsageException("-C and -b filesize: say the same; give one of them");
        if (seconds is not null && rotate.Duration is not null) throw new UsageException("-G and -b duration: say the same; give one of them");
        if (megabytes is not null) rotate = rotate with { FileBytes = Bytes("-C", megabytes, megabytes, Megabyte, "MB (of 1000000 bytes)") };
        if (seconds is not null) rotate = rotate with { Duration = Seconds("-G", seconds, seconds) };
        if (files is null) return rotate;

        var count = (int)Whole("-W", files, files, int.MaxValue, "files");
        if (rotate.Files is not null) throw new UsageException("-W and -b files: are both numbers of files; give one of them");
        return (megabytes, seconds) switch
        {
            (not null, null) => rotate with { Files = count },
            (null, not null) => rotate with { LastFile = count },
            (null, null) => throw new UsageException("-W is a number of files; say when a file ends: -C MB keeps the last of them, -G SECONDS stops after so many"),
            _ => throw new UsageException("-W with both -C and -G is not clear; give -b files:N to keep the last N, or -a files:N to stop after N"),
        };
    }

    private static RunLimits Stop(RunLimits limits, string text)
    {
        const string Flag = "-a";
        var rotate = limits.Rotate!;
        var (name, value) = Pair(text);
        return name switch
        {
            "duration" when limits.StopAfter is null => limits with { StopAfter = Seconds(Flag, text, value) },
            "packets" when limits.StopAfterPackets is null => limits with { StopAfterPackets = Whole(Flag, text, value, long.MaxValue, "packets") },
            "files" when rotate.LastFile is null => limits with { Rotate = rotate with { LastFile = (int)Whole(Flag, text, value, int.MaxValue, "files") } },
            // As with dumpcap: with files that follow each other it is the size of each.
            "filesize" when rotate.FileBytes is null => limits with { Rotate = Sized(rotate, Bytes(Flag, text, value, Kilobyte, "kB")) },
            "filesize" => throw new UsageException($"{Flag} {text}: the size of a file is given already"),
            "duration" or "packets" or "files" => throw new UsageException($"{Flag} {name} is given twice"),
            _ => throw new UsageException($"{Flag} {text}: expected duration:SECONDS, packets:N, filesize:KB or files:N"),
        };
    }

    private static RotateOptions Sized(RotateOptions rotate, long bytes)
    {
        var isAlone = rotate is { Duration: null, Packets: null, Files: null, LastFile: null };
        return rotate with { FileBytes = bytes, LastFile = isAlone ? 1 : rotate.LastFile };
    }

    private static RotateOptions? Checked(RotateOptions rotate)
    {
        if (rotate == new RotateOptions()) return null;
        if (rotate.FileBytes is not null || rotate.Duration is not null || rotate.Packets is not null) return rotate;
        const string When = "-b filesize:KB, -b duration:SECONDS or -b packets:N";
        throw new UsageException(rotate.Files is { } kept
            ? $"-b files:{kept} says how many files to keep; say when a new one begins: {When}"
            : $"-a files:{rotate.LastFile} says after how many files to stop; say when a new one begins: {When}");
    }

    private static long Bytes(string flag, string text, string value, long unit, string name) => unit * Whole(flag, text, value, long.MaxValue / unit, name);

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
