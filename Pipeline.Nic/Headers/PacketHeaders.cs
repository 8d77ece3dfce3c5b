using System.Buffers.Binary;

namespace Pipeline.Nic.Headers;

/// <summary>
/// The headers of one packet, from the link's to that of TCP, UDP or ICMP. A view: valid as long as the bytes it was read from. It
/// allocates nothing and reads nothing beyond the captured bytes, so it may be asked anything of any packet. Any thread.
/// </summary>
/// <remarks>
/// <see cref="HeaderLocator"/> says which link types are known, how many VLAN tags and extension headers are skipped, and where a header
/// counts as absent.
/// </remarks>
public readonly ref struct PacketHeaders
{
    private const int TagBytes = 4;

    private readonly TransportStart _transport;
    private readonly int _l3;
    private readonly int _length;

    private PacketHeaders(LinkType linkType, ReadOnlySpan<byte> packet, long length)
    {
        LinkType = linkType;
        Packet = packet;
        _length = (int)Math.Min(length, int.MaxValue);
        Network = LinkHeader.Locate(linkType, packet, out _l3);
        _transport = HeaderLocator.Transport(Network, packet, _l3);
    }

    /// <summary>Finds the headers of a packet.</summary>
    /// <param name="linkType">What the bytes start with.</param>
    /// <param name="packet">The captured bytes.</param>
    /// <param name="wireLength">
    /// The packet's bytes on the wire, for lengths that no header says. A number below the captured bytes counts as their number.
    /// </param>
    public static PacketHeaders Of(LinkType linkType, ReadOnlySpan<byte> packet, uint wireLength = 0) =>
        new(linkType, packet, Math.Max(wireLength, (uint)packet.Length));

    /// <summary>What the packet starts with.</summary>
    public LinkType LinkType { get; }

    /// <summary>The captured bytes, from the link header on.</summary>
    public ReadOnlySpan<byte> Packet { get; }

    /// <summary>The protocol that the link header announces.</summary>
    public NetworkLayer Network { get; }

    /// <summary>Bytes to the first byte after the link header and its tags; -1 when there is none.</summary>
    public int NetworkOffset => _l3;

    /// <summary>The captured bytes after the link header and its tags; empty when there are none.</summary>
    public ReadOnlySpan<byte> AfterLink => _l3 < 0 ? default : Packet[Math.Min(_l3, Packet.Length)..];

    /// <summary>Bytes on the wire after the link header and its tags: those of the network packet and of padding.</summary>
    public int LengthAfterLink => Math.Max(0, _length - Math.Max(0, _l3));

    /// <summary>The tags of an Ethernet packet: 0, 1 or 2.</summary>
    public int VlanTags => LinkType == LinkType.Ethernet && _l3 > EthernetHeader.Size ? (_l3 - EthernetHeader.Size) / TagBytes : 0;

    /// <summary>
    /// The type after all tags, of Ethernet and Linux's cooked headers; below <see cref="EtherType.Least"/> it is a length. 0 for other
    /// link types, and when it was not captured.
    /// </summary>
    public ushort Type => LinkType switch
    {
        _ when _l3 < 0 => 0,
        LinkType.Ethernet or LinkType.LinuxSll => BinaryPrimitives.ReadUInt16BigEndian(Packet[(_l3 - 2)..]),
        LinkType.LinuxSll2 => BinaryPrimitives.ReadUInt16BigEndian(Packet),
        _ => 0,
    };

    /// <summary>The protocol of IP's payload, after extension headers; 0 for packets that are not IP. See <see cref="IsIp"/>.</summary>
    public byte Protocol => _transport.ProtocolAt < 0 ? (byte)0 : _transport.Protocol;

    /// <summary>Whether there is an IP header with its addresses: whole, or an IPv4 header whose options were not captured.</summary>
    public bool IsIp => Network switch
    {
        NetworkLayer.IPv4 => AfterLink.Length >= IPv4Header.MinSize && AfterLink[0] >> 4 == 4,
        NetworkLayer.IPv6 => AfterLink.Length >= IPv6Header.Size && AfterLink[0] >> 4 == 6,
        _ => false,
    };

    /// <summary>The IP address of the sender, 4 or 16 bytes; empty without <see cref="IsIp"/>.</summary>
    public ReadOnlySpan<byte> Source => !IsIp ? default : Network == NetworkLayer.IPv4 ? AfterLink[12..16] : AfterLink[8..24];

    /// <summary>The IP address of the receiver, 4 or 16 bytes; empty without <see cref="IsIp"/>.</summary>
    public ReadOnlySpan<byte> Destination => !IsIp ? default : Network == NetworkLayer.IPv4 ? AfterLink[16..20] : AfterLink[24..40];

    /// <summary>Whether it carries only a part of a datagram, even the first part.</summary>
    public bool IsFragment => _transport.IsFragment;

    /// <summary>Whether it is a fragment other than the first, so that the header after IP is in another packet.</summary>
    public bool IsLaterFragment => _transport.IsLater;

    /// <summary>Bytes to the first byte after the IP headers; -1 when there is none.</summary>
    public int TransportOffset => _transport.Offset;

    /// <summary>The captured bytes after the IP headers, Ethernet's padding included; empty when there are none.</summary>
    public ReadOnlySpan<byte> Transport => _transport.Offset < 0 ? default : Packet[_transport.Offset..];

    /// <summary>
    /// Bytes on the wire after the IP headers, as IP's own length says, but never more than the packet had. Padding is not among them.
    /// 0 without a header after IP.
    /// </summary>
    public int TransportLength => _transport.Offset < 0 ? 0 : Math.Max(0, _l3 + IpLength - _transport.Offset);

    /// <summary>
    /// Bytes of the IP packet, its headers included, as it says itself, but never more than the packet had on the wire. Where it says 0 (a
    /// jumbogram, or a packet that the NIC had yet to split) it is all that the wire had. 0 without <see cref="IsIp"/>.
    /// </summary>
    public int IpLength
    {
        get
        {
            if (!IsIp) return 0;
            var isV4 = Network == NetworkLayer.IPv4;
            var said = BinaryPrimitives.ReadUInt16BigEndian(AfterLink[(isV4 ? 2 : 4)..]);
            var length = isV4 || said == 0 ? said : said + IPv6Header.Size;
            return length == 0 ? LengthAfterLink : Math.Min(length, LengthAfterLink);
        }
    }

    /// <summary>The extension headers of an IPv6 packet, for <c>foreach</c>; none for other packets.</summary>
    public IPv6Extensions Extensions => Network == NetworkLayer.IPv6 && IsIp ? new IPv6Extensions(AfterLink) : default;

    /// <summary>Finds the ports of TCP, UDP, UDP-Lite, SCTP and DCCP.</summary>
    /// <returns>False for other protocols, for fragments other than the first, and when they were not captured.</returns>
    public bool TryReadPorts(out ushort source, out ushort destination)
    {
        var bytes = Transport;
        var isThere = bytes.Length >= 4
            && Protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.UdpLite or IpProtocol.Sctp or IpProtocol.Dccp;
        source = isThere ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : (ushort)0;
        destination = isThere ? BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) : (ushort)0;
        return isThere;
    }

    /// <summary>A tag's control information: the priority in the upper 3 bits, drop eligible in one, the VLAN in the lower 12.</summary>
    /// <param name="tag">Counted from 0, the outermost.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer tags.</exception>
    public ushort VlanTag(int tag)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tag);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(tag, VlanTags);
        return BinaryPrimitives.ReadUInt16BigEndian(Packet[(EthernetHeader.Size + (tag * TagBytes))..]);
    }

    /// <summary>Reads the Ethernet header.</summary>
    /// <returns>False for other link types, and when it was not captured whole.</returns>
    public bool TryReadEthernet(out EthernetHeader ethernet)
    {
        ethernet = default;
        return LinkType == LinkType.Ethernet && EthernetHeader.TryRead(Packet, out ethernet);
    }

    /// <summary>Reads an ARP message.</summary>
    /// <inheritdoc cref="ArpHeader.TryRead"/>
    public bool TryReadArp(out ArpHeader arp)
    {
        arp = default;
        return Network == NetworkLayer.Arp && ArpHeader.TryRead(AfterLink, out arp);
    }

    /// <summary>
    /// Reads the TCP header. Where its options were not captured, <see cref="TcpHeader.TryReadStart"/> reads the rest of it.
    /// </summary>
    /// <returns>False for other protocols, for fragments other than the first, and when it was not captured whole.</returns>
    public bool TryReadTcp(out TcpHeader tcp)
    {
        tcp = default;
        return Protocol == IpProtocol.Tcp && TcpHeader.TryRead(Transport, out tcp);
    }

    /// <summary>Reads the UDP header.</summary>
    /// <returns>False for other protocols, for fragments other than the first, and when it was not captured whole.</returns>
    public bool TryReadUdp(out UdpHeader udp)
    {
        udp = default;
        return Protocol == IpProtocol.Udp && UdpHeader.TryRead(Transport, out udp);
    }

    /// <summary>Reads the header of ICMP over IPv4, or of ICMPv6 over IPv6.</summary>
    /// <returns>False for other protocols, for fragments other than the first, and when it was not captured whole.</returns>
    public bool TryReadIcmp(out IcmpHeader icmp)
    {
        icmp = default;
        return Protocol == (Network == NetworkLayer.IPv4 ? IpProtocol.Icmp : IpProtocol.IcmpV6) && IcmpHeader.TryRead(Transport, out icmp);
    }
}
