using System.Buffers.Binary;
using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Consumers.Flows;

/// <summary>The facts about one packet that a flow table needs.</summary>
internal readonly ref struct FlowPacket
{
    private const byte Answer = TcpHeader.Syn | TcpHeader.Ack;

    private FlowPacket(FlowKey key, bool fromLow, byte tcpFlags, bool hasPorts = false) =>
        (Key, FromLow, TcpFlags, HasPorts) = (key, fromLow, tcpFlags, hasPorts);

    public FlowKey Key { get; }

    /// <summary>Whether the sender is the lower of the two endpoints.</summary>
    public bool FromLow { get; }

    /// <summary>As in <see cref="TcpHeader.Flags"/>; 0 for other protocols, for fragments, and where they were not captured.</summary>
    public byte TcpFlags { get; }

    /// <summary>
    /// Whether its ports are known: it is a whole datagram of a protocol that has ports, and they were captured. Fragments have none here.
    /// </summary>
    public bool HasPorts { get; }

    /// <summary>Whether it is TCP's answer to a SYN, so that whoever gets it began the connection.</summary>
    public bool IsAnswer => (TcpFlags & Answer) == Answer;

    /// <summary>Whether the lower of the two endpoints began the flow whose first packet this is.</summary>
    public bool StartedByLow => FromLow != IsAnswer;

    /// <param name="byVlan"><see cref="FlowOptions.ByVlan"/>.</param>
    public static FlowPacket Of(LinkType linkType, ReadOnlySpan<byte> packet, bool byVlan = false)
    {
        var vlans = byVlan ? FlowVlans.Of(linkType, packet) : default;
        return InnerNetwork.Locate(linkType, packet, out var l3) switch
        {
            NetworkLayer.IPv4 when IPv4Header.TryRead(packet[l3..], out var ip) => Ip(
                HeaderLocator.Transport(NetworkLayer.IPv4, packet, l3),
                packet,
                BinaryPrimitives.ReadUInt32BigEndian(ip.Addresses),
                BinaryPrimitives.ReadUInt32BigEndian(ip.Addresses[4..]),
                EtherType.IPv4,
                vlans),
            NetworkLayer.IPv6 when IPv6Header.TryRead(packet[l3..], out var ip) => Ip(
                HeaderLocator.Transport(NetworkLayer.IPv6, packet, l3),
                packet,
                BinaryPrimitives.ReadUInt128BigEndian(ip.Addresses),
                BinaryPrimitives.ReadUInt128BigEndian(ip.Addresses[16..]),
                EtherType.IPv6,
                vlans),
            NetworkLayer.IPv4 => Other(EtherType.IPv4, vlans),
            NetworkLayer.IPv6 => Other(EtherType.IPv6, vlans),
            NetworkLayer.Arp => Other(EtherType.Arp, vlans),
            NetworkLayer.Other => Other(TypeOf(linkType, packet, l3), vlans),
            _ => Other(FlowKey.NoType, vlans),
        };
    }

    private static FlowPacket Ip(
        TransportStart start, ReadOnlySpan<byte> packet, UInt128 source, UInt128 destination, ushort etherType, FlowVlans vlans)
    {
        var (from, to, flags, hasPorts) = ((ushort)0, (ushort)0, (byte)0, false);
        if (start is { Offset: >= 0, IsFragment: false } && packet.Length - start.Offset >= 4)
        {
            var transport = packet[start.Offset..];
            if (IsOfPorts(start.Protocol))
            {
                hasPorts = true;
                from = BinaryPrimitives.ReadUInt16BigEndian(transport);
                to = BinaryPrimitives.ReadUInt16BigEndian(transport[2..]);
                if (start.Protocol == IpProtocol.Tcp && transport.Length > TcpHeader.FlagsAt) flags = transport[TcpHeader.FlagsAt];
            }
            else if (start.Protocol is IpProtocol.Icmp or IpProtocol.IcmpV6)
            {
                from = BinaryPrimitives.ReadUInt16BigEndian(transport);
                to = (ushort)((IcmpPair.Of(start.Protocol, transport[0]) << 8) | transport[1]);
            }
        }

        var key = FlowKey.Of(source, destination, from, to, etherType, start.Protocol, vlans, out var fromLow);
        return new FlowPacket(key, fromLow, flags, hasPorts);
    }

    private static bool IsOfPorts(byte protocol) =>
        protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp or IpProtocol.Dccp or IpProtocol.UdpLite;

    private static FlowPacket Other(ushort etherType, FlowVlans vlans) => new(FlowKey.Other(etherType, vlans), fromLow: true, 0);

    /// <summary>
    /// The Ethernet type of a payload that this code does not parse. Below 1536 it is IEEE 802.3's length and says nothing.
    /// </summary>
    private static ushort TypeOf(LinkType linkType, ReadOnlySpan<byte> packet, int l3)
    {
        if (InnerNetwork.TypeAt(linkType, l3) is not (>= 0 and var at)) return FlowKey.NoType;
        var type = BinaryPrimitives.ReadUInt16BigEndian(packet[at..]);
        return type < EtherType.Least ? FlowKey.NoType : type;
    }
}
