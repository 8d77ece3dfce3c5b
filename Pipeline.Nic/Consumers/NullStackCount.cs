namespace Pipeline.Nic.Consumers;

/// <summary>What the null stack counts, in packets.</summary>
/// <remarks>
/// IPv4, IPv6, Arp and OtherNetwork add up to all packets. Tcp, Udp, Icmp and OtherTransport add up to the IP packets whose IP
/// header could be read. A packet is malformed at most once, and one that is has no checksum verified behind the fault.
/// </remarks>
public enum NullStackCount
{
    IPv4,
    IPv6,
    Arp,
    OtherNetwork,
    Tcp,
    Udp,
    Icmp,
    OtherTransport,

    /// <summary>UDP over IPv4 whose sender computed no checksum.</summary>
    UdpWithoutChecksum,
    BadIPv4Checksum,
    BadTcpChecksum,
    BadUdpChecksum,
    BadIcmpChecksum,

    /// <summary>Headers that contradict themselves or the packet's length.</summary>
    Malformed,

    /// <summary>
    /// TCP, UDP and ICMP whose checksum covers bytes or addresses that are not there: cut by the snap length, fragments, segments that
    /// the NIC was still to cut (length 0), source-routed packets on their way.
    /// </summary>
    Unverifiable,
}
