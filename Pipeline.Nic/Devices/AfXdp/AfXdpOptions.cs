using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>Options for taking packets off an interface before the normal stack has them.</summary>
public sealed record AfXdpOptions
{
    /// <summary>
    /// The kernel's unit of memory for a packet, or for a piece of one: a page of the machine, in which XDP programs have 256 bytes of
    /// room.
    /// </summary>
    internal const int ChunkBytes = 4096;

    /// <summary>Bytes before a packet in its chunk (XDP_PACKET_HEADROOM, linux/bpf.h).</summary>
    internal const int KernelsRoom = 256;

    /// <summary>Pages of the pool unless somebody says otherwise: half of them wait for packets, and half are on their way.</summary>
    internal const int DefaultPages = 4096;

    /// <summary>The same, where a page holds a packet of 64 KiB.</summary>
    internal const int DefaultLargePages = 512;

    /// <summary>The most entries of a ring.</summary>
    private const int MostEntries = 1 << 15;

    /// <summary>
    /// How many of the interface's queues are read, from the first on; null reads all of them. Packets of others stay with the kernel.
    /// </summary>
    public int? Queues { get; init; }

    /// <summary>Where the program runs; null prefers the driver and says why where that does not work.</summary>
    public XdpMode? Mode { get; init; }

    /// <summary>
    /// Whether the driver writes packets into the pages itself. Most drivers, and all virtual interfaces, cannot. It is refused then.
    /// </summary>
    public bool IsZeroCopy { get; init; }

    /// <summary>
    /// Bytes per page, a power of two, 4096 to 65536: the longest packet and 256 more. Null: 4096 in the driver, where the interface's
    /// packets fit; otherwise 65536, because after the driver packets can have been put together to larger ones.
    /// </summary>
    public int? PageBytes { get; init; }

    /// <summary>Pages per queue; null: 4096 of the smallest, 512 of larger ones. 64 or more.</summary>
    public int? Pages { get; init; }

    /// <summary>Entries of each ring; a power of two, 64 to 32768.</summary>
    public int RingEntries { get; init; } = 2048;

    /// <summary>Bytes of a queue's memory, which counts as locked, unless somebody says otherwise.</summary>
    /// <param name="isLarge">Whether packets can be longer than fit into the smallest page.</param>
    public static long DefaultBytes(bool isLarge) =>
        isLarge ? (long)DefaultLargePages << 16 : (long)DefaultPages * ChunkBytes;

    /// <exception cref="ArgumentException">The numbers do not fit together.</exception>
    internal void Check()
    {
        if (Queues is { } queues) ArgumentOutOfRangeException.ThrowIfLessThan(queues, 1);
        if (Pages is { } pages) ArgumentOutOfRangeException.ThrowIfLessThan(pages, 64);
        if (PageBytes is { } bytes && (!int.IsPow2(bytes) || bytes is < ChunkBytes or > 1 << 16))
            throw new ArgumentException($"{ByteSize.Text(bytes)} to a page; expected a power of two from 4 KiB to 64 KiB");
        if (!int.IsPow2(RingEntries) || RingEntries is < 64 or > MostEntries)
            throw new ArgumentException($"{RingEntries} entries to a ring; expected a power of two from 64 to {MostEntries}");
    }
}
