namespace Pipeline.Nic.Tests.Devices.PcapFile.Fuzzing;

/// <summary>An interface as described, and in what unit its packets' times are.</summary>
/// <param name="IsBigEndian">Whether the machine that captured is so, by the order of the capture's own numbers.</param>
/// <param name="Resolution">The byte of if_tsresol.</param>
/// <param name="Offset">Seconds, of if_tsoffset.</param>
internal readonly record struct SpecifiedInterface(int LinkType, uint SnapLength, bool IsBigEndian, byte Resolution = 6, long Offset = 0)
{
    /// <summary>Raw IP, which systems gave numbers of their own.</summary>
    private const int RawIp = 101;

    /// <summary>
    /// The link type with one number for each kind of header: systems gave some numbers of their own (tcpdump.org/linktypes.html, and
    /// libpcap's pcap-common.c).
    /// </summary>
    public static int Canonical(int linkType) => linkType switch
    {
        11 => 100,
        12 or 14 => RawIp,
        15 => 102,
        16 => 103,
        19 => 106,
        _ => linkType,
    };

    /// <summary>
    /// Whether packets have the same bytes wherever they were captured. Other link types have headers in the order of the machine, which
    /// are turned into ours where they are written; that is for tests that know these headers.
    /// </summary>
    public bool HasSameBytesAnywhere => !IsBigEndian || LinkType is 1 or RawIp or 147 or 228;

    /// <summary>In nanoseconds since 1970, rounded down; the nearest that 64 bits can hold.</summary>
    public long Nanoseconds(ulong ticks)
    {
        var power = Resolution & 0x7f;
        var nanoseconds = (Resolution & 0x80) != 0 ? ((UInt128)ticks * 1_000_000_000) >> power : Decimal(ticks, power);
        return (long)Int128.Clamp((Int128)nanoseconds + ((Int128)Offset * 1_000_000_000), long.MinValue, long.MaxValue);
    }

    private static UInt128 Decimal(ulong ticks, int power)
    {
        UInt128 nanoseconds = ticks;
        for (; power < 9; power++) nanoseconds *= 10;
        for (; power > 9 && nanoseconds > 0; power--) nanoseconds /= 10;
        return nanoseconds;
    }
}
