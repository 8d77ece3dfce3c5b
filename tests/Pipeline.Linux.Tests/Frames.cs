using System.Buffers.Binary;
using System.Net;

namespace Pipeline.Linux.Tests;

/// <summary>Packets from there to here, byte by byte, as the wire carries them.</summary>
internal static class Frames
{
    private const int Ipv4 = 0x0800;
    private const int Ipv6 = 0x86dd;
    private const byte Icmp = 1;
    private const byte Tcp = 6;
    private const byte OfUdp = 17;
    private const byte Icmp6 = 58;

    public static readonly byte[] Everyone = [255, 255, 255, 255, 255, 255];

    /// <summary>UDP over IPv4 with a payload of zeros. A checksum of 0 says that there is none (RFC 768).</summary>
    public static byte[] Udp(TwoHosts hosts, int from, int to, int payload = 10) =>
        Ethernet(hosts.NearAddress, hosts.FarAddress, Ipv4, Ip4(OfUdp, TwoHosts.There4, TwoHosts.Here4, UdpHeader(from, to, payload)));

    /// <summary>A DHCP server's answer to a client that has no address yet (RFC 2131).</summary>
    public static byte[] Dhcp(TwoHosts hosts) =>
        Ethernet(Everyone, hosts.FarAddress, Ipv4, Ip4(OfUdp, TwoHosts.There4, "255.255.255.255", UdpHeader(67, 68, 300)));

    /// <summary>The beginning of a connection, with no checksum that is right: the kernel drops it.</summary>
    public static byte[] Syn(TwoHosts hosts, int to)
    {
        var tcp = new byte[20];
        BinaryPrimitives.WriteUInt16BigEndian(tcp, 4000);
        BinaryPrimitives.WriteUInt16BigEndian(tcp.AsSpan(2), (ushort)to);
        (tcp[12], tcp[13]) = (0x50, 0x02);
        return Ethernet(hosts.NearAddress, hosts.FarAddress, Ipv4, Ip4(Tcp, TwoHosts.There4, TwoHosts.Here4, tcp));
    }

    /// <summary>A question for an address that nobody has (RFC 826).</summary>
    public static byte[] Arp(TwoHosts hosts) => Ethernet(Everyone, hosts.FarAddress, 0x0806,
        [0, 1, 8, 0, 6, 4, 0, 1, .. hosts.FarAddress, .. Bytes(TwoHosts.There4), 0, 0, 0, 0, 0, 0, .. Bytes("10.77.0.99")]);

    /// <summary>The same for IPv6: a neighbour solicitation (RFC 4861).</summary>
    public static byte[] Solicitation(TwoHosts hosts)
    {
        byte[] body = [135, 0, 0, 0, 0, 0, 0, 0, .. Bytes("fd77::99")];
        return Ethernet(hosts.NearAddress, hosts.FarAddress, Ipv6,
            [0x60, 0, 0, 0, 0, (byte)body.Length, Icmp6, 255, .. Bytes(TwoHosts.There6), .. Bytes(TwoHosts.Here6), .. body]);
    }

    /// <summary>A router's word that a packet of here was too big for what follows (RFC 1191): UDP from one port to another.</summary>
    public static byte[] FragmentationNeeded(TwoHosts hosts, int mtu, int from, int to)
    {
        var sent = Ip4(OfUdp, TwoHosts.Here4, TwoHosts.There4, UdpHeader(from, to, 1400));
        byte[] icmp = [3, 4, 0, 0, 0, 0, (byte)(mtu >> 8), (byte)mtu, .. sent[..28]];
        BinaryPrimitives.WriteUInt16BigEndian(icmp.AsSpan(2), Checksum(icmp));
        return Ethernet(hosts.NearAddress, hosts.FarAddress, Ipv4, Ip4(Icmp, TwoHosts.There4, TwoHosts.Here4, icmp));
    }

    /// <summary>LLDP (IEEE 802.1AB), with nothing in it but its end.</summary>
    public static byte[] Lldp(TwoHosts hosts) => Ethernet([0x01, 0x80, 0xc2, 0, 0, 0x0e], hosts.FarAddress, 0x88cc, new byte[46]);

    /// <summary>An Ethernet packet, filled up to the 60 bytes that the shortest has.</summary>
    public static byte[] Ethernet(byte[] to, byte[] from, int type, byte[] body)
    {
        byte[] packet = [.. to, .. from, (byte)(type >> 8), (byte)type, .. body];
        return packet.Length >= 60 ? packet : [.. packet, .. new byte[60 - packet.Length]];
    }

    public static byte[] Ip4(byte protocol, string from, string to, byte[] body)
    {
        var length = 20 + body.Length;
        byte[] header = [0x45, 0, (byte)(length >> 8), (byte)length, 0, 1, 0, 0, 64, protocol, 0, 0, .. Bytes(from), .. Bytes(to)];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), Checksum(header));
        return [.. header, .. body];
    }

    public static byte[] UdpHeader(int from, int to, int payload)
    {
        var length = 8 + payload;
        return [(byte)(from >> 8), (byte)from, (byte)(to >> 8), (byte)to, (byte)(length >> 8), (byte)length, 0, 0, .. new byte[payload]];
    }

    private static byte[] Bytes(string address) => IPAddress.Parse(address).GetAddressBytes();

    /// <summary>RFC 1071, of an even number of bytes.</summary>
    private static ushort Checksum(byte[] bytes)
    {
        var sum = 0;
        for (var i = 0; i < bytes.Length; i += 2) sum += (bytes[i] << 8) | bytes[i + 1];
        while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
