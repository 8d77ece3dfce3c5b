using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>
/// linux/if_packet.h: addresses, options and ring layout of packet sockets (Linux, Documentation/networking/packet_mmap.rst).
/// </summary>
internal static class IfPacket
{
    public const int PACKET_ADD_MEMBERSHIP = 1;
    public const int PACKET_DROP_MEMBERSHIP = 2;
    public const int PACKET_RX_RING = 5;
    public const int PACKET_STATISTICS = 6;
    public const int PACKET_VERSION = 10;
    public const int PACKET_TIMESTAMP = 17;
    public const int PACKET_FANOUT = 18;

    /// <summary>linux/net_tstamp.h: the value of PACKET_TIMESTAMP that asks for the time of the interface's own clock.</summary>
    public const int SOF_TIMESTAMPING_RAW_HARDWARE = 1 << 6;
    public const int TPACKET_V3 = 2;
    public const ushort PACKET_MR_PROMISC = 1;

    // How a fanout group chooses a packet's member (linux/if_packet.h, PACKET_FANOUT_...).
    public const ushort FANOUT_HASH = 0;
    public const ushort FANOUT_CPU = 2;
    public const ushort FANOUT_QM = 5;

    /// <summary>A member that has no room passes its packets on to the next.</summary>
    public const ushort FANOUT_FLAG_ROLLOVER = 0x1000;

    /// <summary>The kernel chooses a number for the group that no other has.</summary>
    public const ushort FANOUT_FLAG_UNIQUEID = 0x2000;

    /// <summary>The group gets nothing that this host sends. Older kernels do not know it.</summary>
    public const ushort FANOUT_FLAG_IGNORE_OUTGOING = 0x4000;

    /// <summary>A packet that this host sends.</summary>
    public const uint PACKET_OUTGOING = 4;

    /// <summary>The block is the kernel's.</summary>
    public const uint TP_STATUS_KERNEL = 0;

    /// <summary>The block is this program's.</summary>
    public const uint TP_STATUS_USER = 1;

    /// <summary>The checksum of the transport layer is not computed yet.</summary>
    public const uint TP_STATUS_CSUMNOTREADY = 1 << 3;

    /// <summary>The kernel took a VLAN tag out of the packet; its control information is beside it.</summary>
    public const uint TP_STATUS_VLAN_VALID = 1 << 4;

    /// <summary>The tag's type is beside the packet too.</summary>
    public const uint TP_STATUS_VLAN_TPID_VALID = 1 << 6;

    /// <summary>The time is that of the interface's own clock. Without this bit it is the kernel's.</summary>
    public const uint TP_STATUS_TS_RAW_HARDWARE = 1u << 31;

    /// <summary>linux/if_ether.h: every protocol, in network order.</summary>
    public static readonly ushort AllProtocols = (ushort)System.Net.IPAddress.HostToNetworkOrder((short)0x0003);

    /// <summary>struct sockaddr_ll.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct sockaddr_ll
    {
        public ushort sll_family;
        public ushort sll_protocol;
        public int sll_ifindex;
        public ushort sll_hatype;
        public byte sll_pkttype;
        public byte sll_halen;
        public ulong sll_addr;
    }

    /// <summary>struct packet_mreq.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct packet_mreq
    {
        public int mr_ifindex;
        public ushort mr_type;
        public ushort mr_alen;
        public ulong mr_address;
    }

    /// <summary>struct tpacket_req3.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct tpacket_req3
    {
        public uint tp_block_size;
        public uint tp_block_nr;
        public uint tp_frame_size;
        public uint tp_frame_nr;

        /// <summary>Milliseconds after which a block that holds packets is handed over though it is not full.</summary>
        public uint tp_retire_blk_tov;
        public uint tp_sizeof_priv;
        public uint tp_feature_req_word;
    }

    /// <summary>struct tpacket_stats_v3. Reading resets it to 0. The first count includes the second.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct tpacket_stats_v3
    {
        public uint tp_packets;
        public uint tp_drops;
        public uint tp_freeze_q_cnt;
    }

    /// <summary>struct tpacket_block_desc with its struct tpacket_hdr_v1: the head of a block.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct tpacket_block_desc
    {
        public uint version;
        public uint offset_to_priv;
        public uint block_status;
        public uint num_pkts;
        public uint offset_to_first_pkt;
        public uint blk_len;
        public ulong seq_num;
        public ulong ts_first_pkt;
        public ulong ts_last_pkt;
    }

    /// <summary>struct tpacket3_hdr: the head of a packet.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct tpacket3_hdr
    {
        public uint tp_next_offset;
        public uint tp_sec;
        public uint tp_nsec;
        public uint tp_snaplen;
        public uint tp_len;
        public uint tp_status;
        public ushort tp_mac;
        public ushort tp_net;
        public uint tp_rxhash;
        public uint tp_vlan_tci;
        public ushort tp_vlan_tpid;
        public ushort tp_padding;
        public ulong tp_reserved;
    }

    /// <summary>The address of an interface, for every protocol.</summary>
    public static sockaddr_ll AddressOf(int interfaceIndex) =>
        new() { sll_family = SysSocket.AF_PACKET, sll_protocol = AllProtocols, sll_ifindex = interfaceIndex };

    /// <summary>The address of an interface for a socket that only sends.</summary>
    public static sockaddr_ll SendingOn(int interfaceIndex) => new() { sll_family = SysSocket.AF_PACKET, sll_ifindex = interfaceIndex };

    /// <summary>The value of PACKET_FANOUT.</summary>
    /// <param name="group">The group's number.</param>
    /// <param name="type">How it chooses, with flags.</param>
    public static int FanoutOf(ushort group, ushort type) => group | (type << 16);

    /// <summary>Whether the block is this program's. If so, everything that the kernel wrote before is visible.</summary>
    public static unsafe bool IsOurs(tpacket_block_desc* block) => (Volatile.Read(ref block->block_status) & TP_STATUS_USER) != 0;

    /// <summary>Gives a block to the kernel. All earlier reads are complete by then.</summary>
    public static unsafe void GiveBack(tpacket_block_desc* block) =>
        Volatile.Write(ref Unsafe.AsRef<uint>(&block->block_status), TP_STATUS_KERNEL);
}
