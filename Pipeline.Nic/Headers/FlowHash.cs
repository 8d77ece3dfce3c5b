using System.Buffers.Binary;

namespace Pipeline.Nic.Headers;

/// <summary>
/// A hash of the flow that a packet belongs to, the same for both directions, on every machine and in every run: nodes must agree on it.
/// Allocates nothing, any thread.
/// </summary>
/// <remarks>
/// It has no key. Whoever can choose addresses can make flows collide, as with the hash of a NIC whose key is known.
/// </remarks>
public static class FlowHash
{
    /// <summary>2^64 divided by the golden ratio: spreads small numbers over all bits.</summary>
    private const ulong Odd = 0x9e3779b97f4a7c15;

    /// <summary>
    /// For IP packets it hashes the addresses, the protocol and, where the protocol has them and the packet is not a fragment, the ports.
    /// So all fragments of a datagram agree, even the first. For other packets on Ethernet it hashes the addresses and the type. Tags,
    /// labels of MPLS and sessions of PPPoE are left out, because the two directions can have different ones. Packets of other link types
    /// that are not IP share one hash per link type.
    /// </summary>
    /// <returns>Never 0, which in a descriptor means that nobody asked.</returns>
    public static uint Of(LinkType linkType, ReadOnlySpan<byte> packet)
    {
        var network = InnerNetwork.Locate(linkType, packet, out var l3);
        var hash = 0UL;
        if (network == NetworkLayer.IPv4) hash = OfIPv4(packet, l3);
        else if (network == NetworkLayer.IPv6) hash = OfIPv6(packet, l3);
        if (hash == 0) hash = OfLink(linkType, packet);
        var folded = (uint)(hash ^ (hash >> 32));
        return folded == 0 ? 1 : folded;
    }

    /// <returns>0 when there is no whole header.</returns>
    private static ulong OfIPv4(ReadOnlySpan<byte> packet, int l3)
    {
        var start = HeaderLocator.Transport(NetworkLayer.IPv4, packet, l3);
        if (!IPv4Header.TryRead(packet[l3..], out var ip)) return 0;
        var (from, to) = Ports(start, packet);
        var addresses = ip.Addresses;
        var source = ((ulong)BinaryPrimitives.ReadUInt32BigEndian(addresses) << 32) | from;
        var destination = ((ulong)BinaryPrimitives.ReadUInt32BigEndian(addresses[4..]) << 32) | to;
        return Combine(Mix(source), Mix(destination), ip.Protocol);
    }

    /// <returns>0 when there is no whole header.</returns>
    private static ulong OfIPv6(ReadOnlySpan<byte> packet, int l3)
    {
        var start = HeaderLocator.Transport(NetworkLayer.IPv6, packet, l3);
        if (!IPv6Header.TryRead(packet[l3..], out var ip)) return 0;

        // A later fragment shows only the header right after the fragment header. The first fragment shows the whole chain.
        var protocol = start.IsFragment ? IpProtocol.Fragment : start.Protocol;
        var (from, to) = Ports(start, packet);
        return Combine(Endpoint(ip.Addresses[..16], from), Endpoint(ip.Addresses[16..], to), protocol);
    }

    private static ulong OfLink(LinkType linkType, ReadOnlySpan<byte> packet)
    {
        if (linkType != LinkType.Ethernet || !EthernetHeader.TryRead(packet, out var ethernet)) return Combine(1, 1, (uint)linkType);
        return Combine(Mix(Address(ethernet.Source)), Mix(Address(ethernet.Destination)), ethernet.Type);
    }

    private static (ushort From, ushort To) Ports(TransportStart start, ReadOnlySpan<byte> packet)
    {
        if (start.Offset < 0 || start.IsFragment || packet.Length - start.Offset < 4) return default;
        if (start.Protocol is not (IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp or IpProtocol.Dccp or IpProtocol.UdpLite))
            return default;
        var ports = packet.Slice(start.Offset, 4);
        return (BinaryPrimitives.ReadUInt16BigEndian(ports), BinaryPrimitives.ReadUInt16BigEndian(ports[2..]));
    }

    private static ulong Endpoint(ReadOnlySpan<byte> address, ushort port) =>
        Mix((Mix(BinaryPrimitives.ReadUInt64BigEndian(address)) ^ BinaryPrimitives.ReadUInt64BigEndian(address[8..])) + (port * Odd));

    private static ulong Address(ReadOnlySpan<byte> mac) =>
        ((ulong)BinaryPrimitives.ReadUInt16BigEndian(mac) << 32) | BinaryPrimitives.ReadUInt32BigEndian(mac[2..]);

    /// <summary>Adding makes it symmetric; unlike exclusive or it does not cancel a flow between an endpoint and itself.</summary>
    private static ulong Combine(ulong source, ulong destination, uint protocol) => Mix(source + destination + (protocol * Odd));

    /// <summary>The finaliser of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014).</summary>
    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }
}
