namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>Options for copying an interface's packets.</summary>
public sealed record AfPacketOptions
{
    /// <summary>The shortest time for which the kernel can be told to keep a block.</summary>
    public static readonly TimeSpan ShortestBlockTimeout = TimeSpan.FromMilliseconds(1);

    /// <summary>The longest such time that is accepted; some kernels keep it in 16 bits of milliseconds.</summary>
    public static readonly TimeSpan LongestBlockTimeout = TimeSpan.FromMinutes(1);

    /// <summary>The most queues: a fanout group has at most that many members.</summary>
    public const int MostQueues = SourceOptions.MostQueues;

    /// <summary>Queues, 1 to <see cref="MostQueues"/>, each with a ring of its own.</summary>
    public int Queues { get; init; } = 1;

    /// <summary>How the kernel chooses a packet's queue where there are several.</summary>
    public AfPacketSteering Steering { get; init; } = AfPacketSteering.Flow;

    /// <summary>
    /// Whether packets for a queue whose ring is nearly full go to the next queue that has room. Fewer are lost then, and packets of a flow
    /// may be on several queues.
    /// </summary>
    public bool RollsOver { get; init; }

    /// <summary>
    /// Bytes per block, which is a page of the pool: a power of two, a multiple of the system's page. A packet that does not fit into
    /// a block is cut (<see cref="AfPacketQueue.Cut"/>). Super-packets of segmentation offload have up to 64 KiB and are whole in blocks of
    /// 128 KiB.
    /// </summary>
    public int BlockBytes { get; init; } = 256 * 1024;

    /// <summary>Blocks in each queue's ring; 2 or more. All of them together must not exceed 4 GiB.</summary>
    public int Blocks { get; init; } = 64;

    /// <summary>
    /// How long the kernel keeps a block that has packets and room for more, in whole milliseconds, 1 or more. The kernel's clock ticks
    /// every 1 to 10 ms.
    /// </summary>
    public TimeSpan BlockTimeout { get; init; } = TimeSpan.FromMilliseconds(4);

    /// <summary>
    /// An expression of pcap-filter(7) that the kernel runs before it copies a packet; null for none. What it keeps out is never received,
    /// and counted nowhere. It lets in every packet that matches, and every packet with a VLAN tag: whoever wants exactly those that match
    /// selects again.
    /// </summary>
    public string? PreFilter { get; init; }

    /// <summary>
    /// Whether packets get the time of the interface's own clock where it stamps them (<see cref="AfPacketQueue.HardwareStamped"/>).
    /// Somebody must have told the interface to stamp (ethtool, <c>hwstamp_ctl</c>); this program does not. Otherwise the time is the
    /// kernel's, in nanoseconds of real time.
    /// </summary>
    public bool HardwareTimestamps { get; init; }

    /// <summary>Whether packets for other hosts are seen too, where the wire brings them.</summary>
    public bool IsPromiscuous { get; init; } = true;

    /// <summary>Whether packets that come in are seen, those that this machine sends, or both.</summary>
    public PacketDirection Direction { get; init; }
}
