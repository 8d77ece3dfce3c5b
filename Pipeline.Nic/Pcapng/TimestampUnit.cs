namespace Pipeline.Nic.Pcapng;

/// <summary>
/// Turns the 64-bit times of a pcapng interface into nanoseconds since 1970. A time that does not fit into 64 signed bits (the years 1677
/// to 2262) is clamped. The exact time can be asked for.
/// </summary>
/// <remarks>Source: draft-ietf-opsawg-pcapng, options if_tsresol and if_tsoffset of the interface description block.</remarks>
internal sealed class TimestampUnit
{
    /// <summary>Microseconds, the unit of an interface that states none.</summary>
    public const byte DefaultResolution = 6;

    private const byte PowerOfTwo = 0x80;

    /// <summary>Nanoseconds.</summary>
    public const byte NanosecondsPower = 9;

    private const long NanosecondsPerSecond = 1_000_000_000;

    // The largest power of ten in 64 bits; a unit 10^20 times finer than a nanosecond turns every 64-bit time into 0.
    private const int LargestPowerOfTen = 19;

    private readonly byte _resolution;
    private readonly ulong _multiplier;
    private readonly ulong _fastWayBelow;
    private readonly Int128 _offset;
    private readonly long _fastOffset;

    /// <param name="resolution">The option's byte: 10^-n seconds, or 2^-n with the top bit set.</param>
    /// <param name="offsetSeconds">Added to every time.</param>
    public TimestampUnit(byte resolution, long offsetSeconds)
    {
        _resolution = resolution;
        OffsetSeconds = offsetSeconds;
        _offset = (Int128)offsetSeconds * NanosecondsPerSecond;
        if (resolution > NanosecondsPower || Int128.Abs(_offset) > long.MaxValue / 2) return;
        _multiplier = (ulong)PowerOfTen(NanosecondsPower - resolution);
        _fastWayBelow = (ulong)(long.MaxValue / 2) / _multiplier;
        _fastOffset = (long)_offset;
    }

    /// <summary>Seconds added to every time.</summary>
    public long OffsetSeconds { get; }

    /// <summary>The time, clamped to the range of 64 signed bits.</summary>
    public long ToNanoseconds(ulong units) =>
        units < _fastWayBelow
            ? (long)(units * _multiplier) + _fastOffset
            : (long)Int128.Clamp(Exactly(units), long.MinValue, long.MaxValue);

    /// <summary>Nanoseconds since 1970, whatever the year.</summary>
    public Int128 Exactly(ulong units)
    {
        var nanoseconds = (_resolution & PowerOfTwo) != 0
            ? (Int128)((UInt128)units * NanosecondsPerSecond >> (_resolution & ~PowerOfTwo))
            : DecimalNanoseconds(units, _resolution);
        return nanoseconds + _offset;
    }

    private static Int128 DecimalNanoseconds(ulong units, int power)
    {
        if (power <= NanosecondsPower) return (Int128)units * PowerOfTen(NanosecondsPower - power);
        return power - NanosecondsPower > LargestPowerOfTen ? 0 : (Int128)units / PowerOfTen(power - NanosecondsPower);
    }

    private static Int128 PowerOfTen(int power)
    {
        Int128 value = 1;
        while (power-- > 0) value *= 10;
        return value;
    }
}
