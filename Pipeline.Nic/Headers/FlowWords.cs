using System.Buffers.Binary;
using System.Net;

namespace Pipeline.Nic.Headers;

/// <summary>Names the flow that a packet belongs to, for people: both directions have one name. Any thread; makes a string.</summary>
public static class FlowWords
{
    /// <summary>Names a packet's flow by its captured bytes.</summary>
    /// <returns>
    /// Such as <c>udp 10.0.0.1:53 10.0.0.2:4000</c>, in an order that does not depend on who sends. Fragments and protocols without ports
    /// have addresses only. Other packets have their Ethernet addresses and type, or their link type where those are not known.
    /// </returns>
    public static string Of(LinkType linkType, ReadOnlySpan<byte> packet)
    {
        var network = InnerNetwork.Locate(linkType, packet, out var l3);
        var start = network is NetworkLayer.IPv4 or NetworkLayer.IPv6
            ? HeaderLocator.Transport(network, packet, l3)
            : TransportStart.Absent;
        if (network == NetworkLayer.IPv4 && IPv4Header.TryRead(packet[l3..], out var v4))
            return Ip(v4.Addresses, v4.Protocol, start, packet);
        if (network == NetworkLayer.IPv6 && IPv6Header.TryRead(packet[l3..], out var v6))
            return Ip(v6.Addresses, start.Protocol, start, packet);
        if (linkType != LinkType.Ethernet || !EthernetHeader.TryRead(packet, out var ethernet)) return $"link type {(int)linkType}";
        return Ordered(
            $"ether 0x{ethernet.Type:x4}", Convert.ToHexStringLower(ethernet.Source), Convert.ToHexStringLower(ethernet.Destination));
    }

    private static string Ip(ReadOnlySpan<byte> addresses, byte protocol, TransportStart start, ReadOnlySpan<byte> packet)
    {
        var source = new IPAddress(addresses[..(addresses.Length / 2)]);
        var destination = new IPAddress(addresses[(addresses.Length / 2)..]);
        var name = NameOf(protocol);
        var hasPorts = protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp or IpProtocol.Dccp or IpProtocol.UdpLite;
        if (!hasPorts || start.Offset < 0 || start.IsFragment || packet.Length - start.Offset < 4)
            return Ordered(name, $"{source}", $"{destination}");
        var ports = packet.Slice(start.Offset, 4);
        return Ordered(
            name,
            $"{new IPEndPoint(source, BinaryPrimitives.ReadUInt16BigEndian(ports))}",
            $"{new IPEndPoint(destination, BinaryPrimitives.ReadUInt16BigEndian(ports[2..]))}");
    }

    private static string Ordered(string name, string one, string other) =>
        string.CompareOrdinal(one, other) <= 0 ? $"{name} {one} {other}" : $"{name} {other} {one}";

    private static string NameOf(byte protocol) => protocol switch
    {
        IpProtocol.Tcp => "tcp",
        IpProtocol.Udp => "udp",
        IpProtocol.Sctp => "sctp",
        IpProtocol.Dccp => "dccp",
        IpProtocol.UdpLite => "udplite",
        IpProtocol.Icmp => "icmp",
        IpProtocol.IcmpV6 => "icmp6",
        _ => $"ip {protocol}",
    };
}
