using System.Buffers.Binary;
using System.Net;
using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Tests.Consumers.Flows;

/// <summary>Ethernet packets with IP in them, as short as they can be.</summary>
internal static class IpPackets
{
    public static byte[] Tcp(string from, int fromPort, string to, int toPort, byte flags = 0x10)
    {
        var segment = new byte[20];
        Ports(segment, fromPort, toPort);
        (segment[12], segment[13]) = (0x50, flags);
        return Ip(from, to, IpProtocol.Tcp, segment);
    }

    public static byte[] Udp(string from, int fromPort, string to, int toPort, int payload = 0)
    {
        var datagram = new byte[8 + payload];
        Ports(datagram, fromPort, toPort);
        return Ip(from, to, IpProtocol.Udp, datagram);
    }

    /// <param name="fragment">Of IPv4, the field with flags and fragment offset.</param>
    public static byte[] Ip(string from, string to, byte protocol, byte[] behind, ushort fragment = 0)
    {
        var (source, destination) = (IPAddress.Parse(from).GetAddressBytes(), IPAddress.Parse(to).GetAddressBytes());
        var isV6 = source.Length == 16;
        var header = new byte[isV6 ? 8 : 12];
        if (isV6)
        {
            (header[0], header[6], header[7]) = (0x60, protocol, 64);
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)behind.Length);
        }
        else
        {
            (header[0], header[8], header[9]) = (0x45, 64, protocol);
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(20 + behind.Length));
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), fragment);
        }

        return Ethernet(isV6 ? EtherType.IPv6 : EtherType.IPv4, [.. header, .. source, .. destination, .. behind]);
    }

    public static byte[] Ethernet(ushort type, byte[] behind)
    {
        var header = new byte[14];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(12), type);
        return [.. header, .. behind];
    }

    /// <summary>An ICMP message, or one of ICMPv6 where the addresses are of IPv6.</summary>
    public static byte[] Icmp(string from, string to, byte type, byte code = 0) =>
        Ip(from, to, from.Contains(':', StringComparison.Ordinal) ? IpProtocol.IcmpV6 : IpProtocol.Icmp, [type, code, 0, 0, 0, 0, 0, 0]);

    /// <summary>The same packet with tags of 802.1Q, the outer first.</summary>
    public static byte[] Tagged(byte[] packet, params ushort[] vlans) =>
        Wrapped(packet, EtherType.Vlan, [.. vlans.SelectMany((v, i) => (byte[])[.. i == 0 ? [] : (byte[])[0x81, 0x00], (byte)(v >> 8), (byte)v]), packet[12], packet[13]]);

    /// <summary>The same packet with something between its addresses and what its type names.</summary>
    /// <param name="type">The Ethernet type of what is put there.</param>
    public static byte[] Wrapped(byte[] packet, ushort type, byte[] between) => [.. packet[..12], (byte)(type >> 8), (byte)type, .. between, .. packet[14..]];

    private static void Ports(byte[] header, int from, int to)
    {
        BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)from);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)to);
    }
}
