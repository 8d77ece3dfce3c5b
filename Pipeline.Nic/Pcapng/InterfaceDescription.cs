namespace Pipeline.Nic.Pcapng;

/// <summary>A capture file's description of one of its interfaces, beyond the facts needed to read its packets. Any thread reads.</summary>
public sealed class InterfaceDescription
{
    private readonly byte[] _options;
    private InterfaceStatistics? _statistics;

    internal InterfaceDescription(byte[] options, TimestampUnit time)
    {
        _options = options;
        Time = time;
    }

    /// <summary>The unit and the start of times in the file.</summary>
    internal TimestampUnit Time { get; }

    /// <summary>
    /// Options as an interface description block has them, little-endian, one after the other without an end; none of them is about times.
    /// </summary>
    internal ReadOnlySpan<byte> Options => _options;

    /// <summary>The interface's received and lost packets, as the file has said so far; null where it has said nothing.</summary>
    internal InterfaceStatistics? Statistics
    {
        get => Volatile.Read(ref _statistics);
        set => Volatile.Write(ref _statistics, value);
    }
}
