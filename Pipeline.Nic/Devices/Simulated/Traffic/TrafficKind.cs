using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Devices.Simulated.Traffic;

/// <summary>One kind of traffic on a mixed link.</summary>
/// <param name="Protocol">The transport's protocol; ignored for ARP.</param>
/// <param name="DestinationPort">0 where there are none.</param>
/// <param name="Share">Its packets per hundred.</param>
/// <param name="Sizes">Sizes of its packets, and how often each comes.</param>
internal sealed record TrafficKind(
    EtherPayload Payload, byte Protocol, ushort DestinationPort, double Share, IReadOnlyList<(int Bytes, double Weight)> Sizes)
{
    /// <summary>
    /// Invented traffic modelled on a site's uplink: mostly the web, in large packets and their small acknowledgements, and a little of
    /// everything that a network needs to work.
    /// </summary>
    public static IReadOnlyList<TrafficKind> Mixed { get; } =
    [
        new(EtherPayload.IPv4, IpProtocol.Tcp, 443, 42, [(64, 4), (1514, 6)]),
        new(EtherPayload.IPv4, IpProtocol.Udp, 443, 16, [(90, 2), (1292, 8)]),
        // TCP over IPv6 would have headers longer than WireTraffic.UsualHeadBytes.
        new(EtherPayload.IPv6, IpProtocol.Udp, 443, 14, [(90, 2), (1292, 8)]),
        new(EtherPayload.IPv4, IpProtocol.Udp, 53, 8, [(78, 6), (94, 4)]),
        new(EtherPayload.IPv4, IpProtocol.Tcp, 80, 6, [(64, 4), (590, 4), (1514, 2)]),
        new(EtherPayload.IPv4, IpProtocol.Tcp, 22, 5, [(64, 5), (118, 5)]),
        new(EtherPayload.IPv4, IpProtocol.Udp, 4500, 5, [(170, 5), (1438, 5)]),
        new(EtherPayload.IPv4, IpProtocol.Icmp, 0, 3, [(98, 1)]),
        new(EtherPayload.Arp, 0, 0, 1, [(64, 1)]),
    ];
}

/// <summary>The header after a simulated packet's Ethernet header.</summary>
internal enum EtherPayload
{
    IPv4,
    IPv6,
    Arp,
}
