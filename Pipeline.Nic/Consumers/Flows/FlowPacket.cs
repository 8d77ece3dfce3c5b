using System.Buffers.Binary;
using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Consumers.Flows;

/// <summary>The facts about one packet that a flow table needs.</summary>
internal readonly ref struct FlowPacket
{
    private FlowPacket(FlowKey key, bool fromLow, byte tcpFlags) => (Key, FromLow, TcpFlags) = (key, fromLow, tcpFlags);

    public FlowKey Key { get; }

    /// <summary>Whether the sender is the lower of the two endpoints.</summary>
    public bool FromLow { get; }

    /// <summary>As in <see cref="TcpHeader.Flags"/>; 0 for other protocols, for fragments, and where they were not captured.</summary>
    public byte TcpFlags { get; }

    public static FlowPacket Of(LinkType linkType, ReadOnlySpan<byte> packet) => LinkHeader.Locate(linkType, packet, out var l3) switch
    {
        NetworkLayer.IPv4 when IPv4Header.TryRead(packet[l3..], out var ip) => Ip(
            HeaderLocator.Transport(NetworkLayer.IPv4, packet, l3),
            packet,
            BinaryPrimitives.ReadUInt32BigEndian(ip.Addresses),
            BinaryPrimitives.ReadUInt32BigEndian(ip.Addresses[4..]),
            EtherType.IPv4),
        NetworkLayer.IPv6 when IPv6Header.TryRead(packet[l3..], out var ip) => Ip(
            HeaderLocator.Transport(NetworkLayer.IPv6, packet, l3),
            packet,
            BinaryPrimitives.ReadUInt128BigEndian(ip.Addresses),
            BinaryPrimitives.ReadUInt128BigEndian(ip.Addresses[16..]),
            EtherType.IPv6),
        NetworkLayer.IPv4 => Other(EtherType.IPv4),
        NetworkLayer.IPv6 => Other(EtherType.IPv6),
        NetworkLayer.Arp => Other(EtherType.Arp),
        NetworkLayer.Other => Other(TypeOf(linkType, packet, l3)),
        _ => Other(FlowKey.NoType),
    };

    private static FlowPacket Ip(TransportStart start, ReadOnlySpan<byte> packet, UInt128 source, UInt128 destination, ushort etherType)
    {
        var (from, to, flags) = ((ushort)0, (ushort)0, (byte)0);
        if (HasPorts(start, packet.Length))
        {
            var transport = packet[start.Offset..];
            from = BinaryPrimitives.ReadUInt16BigEndian(transport);
            to = BinaryPrimitives.ReadUInt16BigEndian(transport[2..]);
            if (start.Protocol == IpProtocol.Tcp && transport.Length > TcpHeader.FlagsAt) flags = transport[TcpHeader.FlagsAt];
        }

        var key = FlowKey.Of(source, destination, from, to, etherType, start.Protocol, out var fromLow);
        return new FlowPacket(key, fromLow, flags);
    }

    private static bool HasPorts(TransportStart start, int bytes) =>
        start is { Offset: >= 0, IsFragment: false } && bytes - start.Offset >= 4
        && start.Protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp or IpProtocol.Dccp or IpProtocol.UdpLite;

    private static FlowPacket Other(ushort etherType) => new(FlowKey.Other(etherType), fromLow: true, 0);

    /// <summary>
    /// The Ethernet type of a payload that this code does not parse. Below 1536 it is IEEE 802.3's length and says nothing.
    /// </summary>
    private static ushort TypeOf(LinkType linkType, ReadOnlySpan<byte> packet, int l3)
    {
        var at = linkType switch { LinkType.Ethernet or LinkType.LinuxSll => l3 - 2, LinkType.LinuxSll2 => 0, _ => -1 };
        if (at < 0) return FlowKey.NoType;
        var type = BinaryPrimitives.ReadUInt16BigEndian(packet[at..]);
        return type < EtherType.Least ? FlowKey.NoType : type;
    }
}
