using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers.Printing;

/// <summary>How <see cref="PrintConsumer"/> prints packets.</summary>
public sealed record PrintOptions
{
    /// <summary>How the time of a packet is printed.</summary>
    public PrintedTime Time { get; init; }

    /// <summary>Whether the link header's addresses and type come first on each line (tcpdump's <c>-e</c>).</summary>
    public bool ShowsLink { get; init; }

    /// <summary>Whether a packet's bytes follow its line, and how.</summary>
    public PrintedBytes Bytes { get; init; }

    /// <summary>Whether these bytes begin with the link header (tcpdump's <c>-XX</c> and <c>-AA</c>).</summary>
    public bool BytesBeginWithLink { get; init; }

    /// <summary>The most captured bytes of a packet that are printed, from the link header on; 0 for all.</summary>
    public int SnapLength { get; init; }

    /// <summary>The zone of times of day.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Local;

    /// <summary>Whether each line ends with the packet's mark, its rules and its route.</summary>
    public bool ShowsFate { get; init; }

    /// <summary>
    /// Names the route that a packet takes, by its mark and its flags; null where nobody knows. Called on the consumer's thread, for every
    /// packet, so it must not allocate.
    /// </summary>
    public Func<uint, PacketFlags, string>? RouteOf { get; init; }
}

/// <summary>The time at the beginning of a line, to the microsecond.</summary>
public enum PrintedTime
{
    /// <summary>The time of day: <c>14:02:11.123456</c>.</summary>
    OfDay,

    /// <summary>No time.</summary>
    None,

    /// <summary>Seconds since 1970: <c>1700000000.123456</c>.</summary>
    Unix,

    /// <summary>Date and time of day: <c>2023-11-14 14:02:11.123456</c>.</summary>
    DateAndTime,
}

/// <summary>The form in which a packet's bytes are printed.</summary>
public enum PrintedBytes
{
    /// <summary>They are not printed.</summary>
    None,

    /// <summary>As text, a dot for everything that is no ASCII character.</summary>
    Ascii,

    /// <summary>In rows of 16, as hex.</summary>
    Hex,

    /// <summary>In rows of 16, as hex and as text.</summary>
    HexAndAscii,
}
