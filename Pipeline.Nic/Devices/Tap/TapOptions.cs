namespace Pipeline.Nic.Devices.Tap;

/// <summary>Options for reading the other end of a TAP or macvtap.</summary>
public sealed record TapOptions
{
    /// <summary>The most queues: a TAP has at most that many.</summary>
    public const int MostQueues = SourceOptions.MostQueues;

    /// <summary>The shortest page.</summary>
    internal const int SmallPageBytes = 2048;

    /// <summary>A page that a packet of 64 KiB fits into, with its link header.</summary>
    internal const int LargePageBytes = 128 * 1024;

    /// <summary>Queues, 1 to <see cref="MostQueues"/>. The kernel spreads flows over them.</summary>
    public int Queues { get; init; } = 1;

    /// <summary>
    /// Bytes per page, each of which holds one packet: a power of two. With null it is what the interface's MTU needs, or 128 KiB with
    /// <see cref="TakesOffloads"/>. A packet that does not fit is cut (<see cref="TapQueue.Cut"/>).
    /// </summary>
    public int? PageBytes { get; init; }

    /// <summary>Pages of each queue's pool; null for 4096, or 512 of more than 16 KiB.</summary>
    public int? Pages { get; init; }

    /// <summary>
    /// Whether the sender may leave checksums and the cutting of TCP segments undone, as for a guest. Packets of up to 64 KiB come then,
    /// whole, with checksums that are still to be computed. Otherwise packets are as they would be on a wire.
    /// </summary>
    public bool TakesOffloads { get; init; }
}
