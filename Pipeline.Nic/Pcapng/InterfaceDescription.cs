namespace Pipeline.Nic.Pcapng;

/// <summary>What a capture file says of one of its interfaces beyond what reading its packets takes. Any thread reads.</summary>
public sealed class InterfaceDescription
{
    private readonly byte[] _options;
    private InterfaceStatistics? _statistics;

    internal InterfaceDescription(byte[] options, TimestampUnit time)
    {
        _options = options;
        Time = time;
    }

    /// <summary>How times lie in the file.</summary>
    internal TimestampUnit Time { get; }

    /// <summary>
    /// Options as an interface description block has them, little-endian, one after the other without an end; none of them says how
    /// times lie.
    /// </summary>
    internal ReadOnlySpan<byte> Options => _options;

    /// <summary>What the file has said by now of what the interface received and lost; null where it has not.</summary>
    internal InterfaceStatistics? Statistics
    {
        get => Volatile.Read(ref _statistics);
        set => Volatile.Write(ref _statistics, value);
    }
}
