namespace Pipeline.Nic.Consumers.Printing;

/// <summary>Times of packets as text, to the microsecond. It remembers how far a quarter of an hour is from UTC. For one thread.</summary>
internal sealed class PrintedTimes(PrintedTime form, TimeZoneInfo zone)
{
    private const long NanosecondsPerMicrosecond = 1000;
    private const long MicrosecondsPerSecond = 1_000_000;
    private const long SecondsPerDay = 86_400;

    // All zones change at a quarter of an hour, as UTC counts them.
    private const long SecondsPerQuarter = 900;

    private long _quarter = long.MinValue;
    private long _offset;

    /// <summary>Writes a time and a space behind it; a dash where the source had none.</summary>
    /// <param name="nanoseconds">Since 1970; null for none.</param>
    public void Write(ref LineText text, long? nanoseconds)
    {
        if (form == PrintedTime.None) return;
        if (nanoseconds is { } time) Write(ref text, time);
        else text.Add("-"u8);
        text.Add(" "u8);
    }

    private void Write(ref LineText text, long nanoseconds)
    {
        var (seconds, micros) = Floor(FloorDivide(nanoseconds, NanosecondsPerMicrosecond), MicrosecondsPerSecond);
        if (form == PrintedTime.Unix)
        {
            text.Number(seconds);
        }
        else
        {
            var (days, second) = Floor(seconds + OffsetAt(seconds), SecondsPerDay);
            if (form == PrintedTime.DateAndTime) Date(ref text, days);
            TimeOfDay(ref text, second);
        }

        text.Add("."u8);
        text.Padded(micros, 6);
    }

    private static void Date(ref LineText text, long days)
    {
        var date = DateOnly.FromDayNumber((int)(DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber + days));
        text.Padded(date.Year, 4);
        text.Add("-"u8);
        text.Padded(date.Month, 2);
        text.Add("-"u8);
        text.Padded(date.Day, 2);
        text.Add(" "u8);
    }

    private static void TimeOfDay(ref LineText text, long second)
    {
        text.Padded(second / 3600, 2);
        text.Add(":"u8);
        text.Padded(second / 60 % 60, 2);
        text.Add(":"u8);
        text.Padded(second % 60, 2);
    }

    private long OffsetAt(long seconds)
    {
        var quarter = FloorDivide(seconds, SecondsPerQuarter);
        if (quarter == _quarter) return _offset;
        _quarter = quarter;
        return _offset = zone.GetUtcOffset(DateTime.UnixEpoch.AddSeconds(quarter * SecondsPerQuarter)).Ticks / TimeSpan.TicksPerSecond;
    }

    private static (long Whole, long Left) Floor(long number, long by)
    {
        var whole = FloorDivide(number, by);
        return (whole, number - (whole * by));
    }

    private static long FloorDivide(long number, long by)
    {
        var (quotient, rest) = Math.DivRem(number, by);
        return rest < 0 ? quotient - 1 : quotient;
    }
}
