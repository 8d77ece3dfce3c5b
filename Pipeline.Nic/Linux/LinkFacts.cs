namespace Pipeline.Nic.Linux;

/// <summary>The kernel's facts about an interface, as one answer of rtnetlink has them (Linux, include/uapi/linux/if_link.h).</summary>
internal sealed record LinkFacts
{
    /// <summary>Its number in its network namespace. Another interface can get it after this one is gone.</summary>
    public required int Index { get; init; }

    /// <summary>Its name now.</summary>
    public string Name { get; init; } = "";

    /// <summary>The kind of link (ARPHRD_..., linux/if_arp.h).</summary>
    public ushort Hardware { get; init; }

    /// <summary>Its flags (IFF_..., linux/if.h).</summary>
    public uint Flags { get; init; }

    /// <summary>The largest packet it sends, in bytes without the link's header.</summary>
    public int Mtu { get; init; }

    /// <summary>The kind of a virtual interface, such as <c>veth</c>; null for hardware and for loopback.</summary>
    public string? Kind { get; init; }

    /// <summary>Its address; 6 bytes on Ethernet.</summary>
    public byte[] Address { get; init; } = [];

    /// <summary>The queues it was made with; not all need to be in use.</summary>
    public int TxQueues { get; init; }

    /// <summary>Likewise, of received packets.</summary>
    public int RxQueues { get; init; }

    /// <summary>The interface that this one stands on, or a veth's peer; 0 for none.</summary>
    public int Below { get; init; }

    /// <summary>The kernel's id of the network namespace that <see cref="Below"/> lies in; null where it is this one.</summary>
    public int? BelowNamespace { get; init; }

    /// <summary>Whether the link has a carrier.</summary>
    public bool HasCarrier { get; init; }

    /// <summary>Where its XDP program runs.</summary>
    public XdpAttached Xdp { get; init; }

    /// <summary>The kernel's id of that program; 0 for none.</summary>
    public uint XdpProgram { get; init; }

    /// <summary>What it counted since it was made.</summary>
    public rtnl_link_stats64 Statistics { get; init; }

    /// <summary>Whether somebody brought it up.</summary>
    public bool IsUp => (Flags & RtNetlink.IFF_UP) != 0;
}

/// <summary>Where an interface runs its XDP program (XDP_ATTACHED_..., linux/if_link.h).</summary>
internal enum XdpAttached : byte
{
    /// <summary>It has none.</summary>
    None = 0,

    /// <summary>In its driver.</summary>
    Native = 1,

    /// <summary>After the driver, on packet buffers.</summary>
    Generic = 2,

    /// <summary>In its hardware.</summary>
    Hardware = 3,

    /// <summary>In several of these places.</summary>
    Several = 4,
}

/// <summary>struct rtnl_link_stats64, linux/if_link.h: the first of its counters.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential)]
internal readonly record struct rtnl_link_stats64(
    ulong rx_packets, ulong tx_packets, ulong rx_bytes, ulong tx_bytes, ulong rx_errors, ulong tx_errors, ulong rx_dropped,
    ulong tx_dropped, ulong multicast, ulong collisions, ulong rx_length_errors, ulong rx_over_errors, ulong rx_crc_errors,
    ulong rx_frame_errors, ulong rx_fifo_errors, ulong rx_missed_errors);
