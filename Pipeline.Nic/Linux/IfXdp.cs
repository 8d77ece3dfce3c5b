using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>
/// linux/if_xdp.h: addresses, options and rings of AF_XDP sockets (Linux, include/uapi/linux/if_xdp.h and
/// Documentation/networking/af_xdp.rst). Some constants are newer than many distributions' headers.
/// </summary>
internal static class IfXdp
{
    // include/linux/socket.h
    public const int AF_XDP = 44;
    public const int SOL_XDP = 283;

    public const int XDP_MMAP_OFFSETS = 1;
    public const int XDP_RX_RING = 2;
    public const int XDP_UMEM_REG = 4;
    public const int XDP_UMEM_FILL_RING = 5;
    public const int XDP_UMEM_COMPLETION_RING = 6;
    public const int XDP_STATISTICS = 7;
    public const int XDP_OPTIONS = 8;

    public const long XDP_PGOFF_RX_RING = 0;
    public const long XDP_UMEM_PGOFF_FILL_RING = 0x100000000;
    public const long XDP_UMEM_PGOFF_COMPLETION_RING = 0x180000000;

    public const ushort XDP_COPY = 1 << 1;
    public const ushort XDP_ZEROCOPY = 1 << 2;
    public const ushort XDP_USE_NEED_WAKEUP = 1 << 3;

    /// <summary>Packets can come in several pieces (Linux 6.6).</summary>
    public const ushort XDP_USE_SG = 1 << 4;

    /// <summary>In a descriptor: the packet goes on in the next one.</summary>
    public const uint XDP_PKT_CONTD = 1 << 0;

    /// <summary>In a ring's flags: the kernel sleeps until it is called.</summary>
    public const uint XDP_RING_NEED_WAKEUP = 1 << 0;

    /// <summary>In <see cref="XDP_OPTIONS"/>: the driver writes packets into the pages itself.</summary>
    public const uint XDP_OPTIONS_ZEROCOPY = 1 << 0;

    /// <summary>struct sockaddr_xdp.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct sockaddr_xdp
    {
        public ushort sxdp_family;
        public ushort sxdp_flags;
        public uint sxdp_ifindex;
        public uint sxdp_queue_id;
        public uint sxdp_shared_umem_fd;
    }

    /// <summary>struct xdp_umem_reg, without the fields that Linux 6.8 added. The kernel takes the shorter one.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct xdp_umem_reg
    {
        public ulong addr;
        public ulong len;
        public uint chunk_size;
        public uint headroom;
        public uint flags;
        public uint tx_metadata_len;
    }

    /// <summary>struct xdp_ring_offset: bytes from a ring's mapping to its parts.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct xdp_ring_offset
    {
        public ulong producer;
        public ulong consumer;
        public ulong desc;
        public ulong flags;
    }

    /// <summary>struct xdp_mmap_offsets.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct xdp_mmap_offsets
    {
        public xdp_ring_offset rx;
        public xdp_ring_offset tx;
        public xdp_ring_offset fr;
        public xdp_ring_offset cr;
    }

    /// <summary>struct xdp_desc: a packet, or a piece of one.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct xdp_desc
    {
        /// <summary>Bytes from the start of the memory.</summary>
        public ulong addr;
        public uint len;
        public uint options;
    }

    /// <summary>struct xdp_statistics. The numbers never fall. The first includes the fifth.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct xdp_statistics
    {
        public ulong rx_dropped;
        public ulong rx_invalid_descs;
        public ulong tx_invalid_descs;
        public ulong rx_ring_full;
        public ulong rx_fill_ring_empty_descs;
        public ulong tx_ring_empty_descs;
    }
}
