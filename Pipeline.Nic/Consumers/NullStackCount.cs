namespace Pipeline.Nic.Consumers;

/// <summary>What the null stack counts, in packets.</summary>
/// <remarks>
/// IPv4, IPv6, Arp and OtherNetwork add up to all packets. Tcp, Udp, Icmp and OtherTransport add up to the IP packets whose IP
/// header could be read. A packet counts as malformed at most once. No checksum after the fault is verified.
/// </remarks>
public enum NullStackCount
{
    /// <summary>Packets whose link header says IPv4, readable or not.</summary>
    IPv4,

    /// <summary>Packets whose link header says IPv6, readable or not.</summary>
    IPv6,

    /// <summary>Packets whose link header says ARP. They are not looked into.</summary>
    Arp,

    /// <summary>
    /// Packets of another protocol, packets of a link type that this code does not parse, and packets whose link header is cut off.
    /// </summary>
    OtherNetwork,

    /// <summary>IP packets whose last readable next header or protocol is TCP, fragments included.</summary>
    Tcp,

    /// <summary>IP packets whose last readable next header or protocol is UDP, fragments included.</summary>
    Udp,

    /// <summary>
    /// ICMP in IPv4 and ICMPv6 in IPv6, fragments included. ICMP in IPv6 or ICMPv6 in IPv4 is <see cref="OtherTransport"/>.
    /// </summary>
    Icmp,

    /// <summary>IP packets that carry something else.</summary>
    OtherTransport,

    /// <summary>UDP over IPv4 whose sender computed no checksum.</summary>
    UdpWithoutChecksum,

    /// <summary>IPv4 headers whose checksum is wrong (RFC 791 section 3.1). The rest of the packet is parsed all the same.</summary>
    BadIPv4Checksum,

    /// <summary>
    /// TCP segments whose checksum is wrong. Captures on the sending machine have many where its NIC computes checksums.
    /// </summary>
    BadTcpChecksum,

    /// <summary>UDP datagrams whose checksum is wrong, and those over IPv6 without one.</summary>
    BadUdpChecksum,

    /// <summary>ICMP and ICMPv6 messages whose checksum is wrong.</summary>
    BadIcmpChecksum,

    /// <summary>Headers that contradict themselves or the packet's length.</summary>
    Malformed,

    /// <summary>
    /// TCP, UDP and ICMP whose checksum covers bytes or addresses that are not there: packets cut by the snap length, fragments, segments
    /// that the NIC had yet to split (length 0), and source-routed packets in transit.
    /// </summary>
    Unverifiable,
}
