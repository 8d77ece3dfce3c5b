using System.Buffers.Binary;
using System.Runtime.Intrinsics.X86;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>The block of a ring that is being read, and its packets that are still to be described.</summary>
internal unsafe struct RingBlock
{
    // Packets that follow each other are often of a length. Where they are not, nothing is lost by fetching another place.
    private const int PrefetchPackets = 4;
    private const int VlanTagBytes = 4;
    private const int AddressBytes = 12; // Both of an Ethernet header's.
    private const ushort CustomerTag = 0x8100; // IEEE 802.1Q, where the kernel does not say which kind of tag it took.

    private byte* _next;

    /// <param name="page">The block's number in its ring.</param>
    /// <param name="block">Its head; the kernel has handed the block over.</param>
    public RingBlock(int page, IfPacket.tpacket_block_desc* block)
    {
        Page = page;
        Packets = (int)block->num_pkts;
        _next = (byte*)block + block->offset_to_first_pkt;
    }

    /// <summary>The block's number in its ring.</summary>
    public int Page { get; }

    /// <summary>Packets that are still to be described.</summary>
    public int Packets { get; private set; }

    /// <summary>Describes as many packets as there are places for.</summary>
    /// <param name="filled">The block as a page.</param>
    /// <param name="isEthernet">Whether tags that the kernel took out go back after the addresses.</param>
    /// <param name="counts">Adds what the kernel says about these packets.</param>
    /// <returns>How many, and their captured bytes.</returns>
    public (int Packets, long Bytes) Describe(FilledPage filled, Span<Packet> places, bool isEthernet, ref RingCounts counts)
    {
        var count = Math.Min(Packets, places.Length);
        var bytes = 0L;
        for (var i = 0; i < count; i++)
        {
            var header = (IfPacket.tpacket3_hdr*)_next;
            var at = _next + header->tp_mac;
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(_next + (PrefetchPackets * header->tp_next_offset));
                Sse.Prefetch0(at + (PrefetchPackets * header->tp_next_offset));
            }

            var (captured, wire, status) = (header->tp_snaplen, header->tp_len, header->tp_status);
            if (captured < wire) counts.Cut++;
            if ((status & IfPacket.TP_STATUS_TS_RAW_HARDWARE) != 0) counts.HardwareStamped++;
            if ((status & IfPacket.TP_STATUS_VLAN_VALID) != 0 && isEthernet && captured >= AddressBytes)
            {
                at = PutTagBack(at, header);
                captured += VlanTagBytes;
                wire += VlanTagBytes;
            }

            var flags = (status & IfPacket.TP_STATUS_CSUMNOTREADY) == 0 ? PacketFlags.None : PacketFlags.ChecksumPending;
            filled.Describe(out places[i], (header->tp_sec * 1_000_000_000L) + header->tp_nsec, at, captured, wire, flags);
            bytes += captured;
            _next += header->tp_next_offset;
        }

        Packets -= count;
        return (count, bytes);
    }

    /// <summary>
    /// Moves the addresses forward and writes the tag after them, where it was on the wire. The kernel's header is followed by a socket
    /// address. Between that and the packet there is room for the tag (TPACKET_ALIGNMENT, and the kernel's own reserve).
    /// </summary>
    private static byte* PutTagBack(byte* packet, IfPacket.tpacket3_hdr* header)
    {
        var tagged = packet - VlanTagBytes;
        new Span<byte>(packet, AddressBytes).CopyTo(new Span<byte>(tagged, AddressBytes));
        var type = (header->tp_status & IfPacket.TP_STATUS_VLAN_TPID_VALID) != 0 ? header->tp_vlan_tpid : CustomerTag;
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(tagged + AddressBytes, 2), type);
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(tagged + AddressBytes + 2, 2), (ushort)header->tp_vlan_tci);
        return tagged;
    }
}
