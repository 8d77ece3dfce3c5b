using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Pipeline.Nic.Headers;

/// <summary>
/// Finds the end of the link header. It reads nothing beyond the captured bytes. An offset it gives can equal the captured length.
/// </summary>
internal static class LinkHeader
{
    private const int MostVlanTags = 2;
    private const int EthernetTypeAt = 12;

    // tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and LINKTYPE_LINUX_SLL2.html: header length and place of the protocol type.
    private const int SllBytes = 16;
    private const int SllTypeAt = 14;
    private const int Sll2Bytes = 20;
    private const int Sll2TypeAt = 0;

    private const int LoopbackBytes = 4;

    // RFC 1661 section 2 (protocol field), RFC 1332 section 4 and RFC 5072 section 2 (its values).
    internal const ushort PppIPv4 = 0x0021;
    internal const ushort PppIPv6 = 0x0057;

    /// <param name="l3">Bytes to the first byte after the link header; -1 when the answer is <see cref="NetworkLayer.Absent"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NetworkLayer Locate(LinkType linkType, ReadOnlySpan<byte> packet, out int l3)
    {
        // Nearly all packets take this branch.
        if (linkType == LinkType.Ethernet && packet.Length > EthernetTypeAt + 1
            && BinaryPrimitives.ReadUInt16BigEndian(packet[EthernetTypeAt..]) == EtherType.IPv4)
        {
            l3 = EthernetTypeAt + 2;
            return NetworkLayer.IPv4;
        }

        return LocateAny(linkType, packet, out l3);
    }

    private static NetworkLayer LocateAny(LinkType linkType, ReadOnlySpan<byte> packet, out int l3) =>
        linkType switch
        {
            LinkType.Ethernet => Ethernet(packet, out l3),
            LinkType.LinuxSll => Cooked(packet, SllTypeAt, SllBytes, out l3),
            LinkType.LinuxSll2 => Cooked(packet, Sll2TypeAt, Sll2Bytes, out l3),
            LinkType.RawIp => ByVersion(packet, 0, out l3),
            LinkType.IPv4 => Always(NetworkLayer.IPv4, out l3),
            LinkType.IPv6 => Always(NetworkLayer.IPv6, out l3),
            // The address family has the byte order and the numbers of an unknown machine (AF_INET6 is 10, 24, 28 or 30), so the version
            // nibble is more reliable.
            LinkType.Null or LinkType.Loop => ByVersion(packet, LoopbackBytes, out l3),
            LinkType.Ppp or LinkType.PppHdlc => PointToPoint(packet, out l3),
            _ => Absent(out l3),
        };

    private static NetworkLayer Ethernet(ReadOnlySpan<byte> packet, out int l3)
    {
        if (packet.Length < EthernetTypeAt + 2) return Absent(out l3);
        var type = BinaryPrimitives.ReadUInt16BigEndian(packet[EthernetTypeAt..]);
        l3 = EthernetTypeAt + 2;
        for (var tags = 0; EtherType.IsVlanTag(type) && tags < MostVlanTags; tags++)
        {
            if (packet.Length < l3 + 4) return Absent(out l3);
            type = BinaryPrimitives.ReadUInt16BigEndian(packet[(l3 + 2)..]);
            l3 += 4;
        }

        return OfType(type);
    }

    private static NetworkLayer Cooked(ReadOnlySpan<byte> packet, int typeAt, int headerBytes, out int l3)
    {
        if (packet.Length < headerBytes) return Absent(out l3);
        l3 = headerBytes;
        return OfType(BinaryPrimitives.ReadUInt16BigEndian(packet[typeAt..]));
    }

    private static NetworkLayer PointToPoint(ReadOnlySpan<byte> packet, out int l3)
    {
        // RFC 1547 section 4.3.1: Cisco's framing has 0x0f or 0x8f, a control byte and an Ethernet type.
        if (packet.Length >= 4 && packet[0] is 0x0f or 0x8f && packet[1] == 0)
        {
            l3 = 4;
            return OfType(BinaryPrimitives.ReadUInt16BigEndian(packet[2..]));
        }

        // RFC 1662 section 3.1: address and control, which may be left out (RFC 1661 section 6.6).
        var at = packet.Length >= 2 && packet[0] == 0xff && packet[1] == 0x03 ? 2 : 0;
        if (packet.Length <= at) return Absent(out l3);

        // RFC 1661 section 6.5: a protocol below 256 may be sent as one byte; all protocols are odd, and the first byte of a protocol of
        // two bytes is even.
        int protocol = packet[at++];
        if ((protocol & 1) == 0)
        {
            if (packet.Length <= at) return Absent(out l3);
            protocol = (protocol << 8) | packet[at++];
        }

        l3 = at;
        return protocol switch { PppIPv4 => NetworkLayer.IPv4, PppIPv6 => NetworkLayer.IPv6, _ => NetworkLayer.Other };
    }

    private static NetworkLayer ByVersion(ReadOnlySpan<byte> packet, int headerBytes, out int l3)
    {
        if (packet.Length < headerBytes) return Absent(out l3);
        l3 = headerBytes;
        if (packet.Length == headerBytes) return NetworkLayer.Other;
        return (packet[headerBytes] >> 4) switch { 4 => NetworkLayer.IPv4, 6 => NetworkLayer.IPv6, _ => NetworkLayer.Other };
    }

    private static NetworkLayer OfType(ushort type) => type switch
    {
        EtherType.IPv4 => NetworkLayer.IPv4,
        EtherType.IPv6 => NetworkLayer.IPv6,
        EtherType.Arp => NetworkLayer.Arp,
        _ => NetworkLayer.Other,
    };

    private static NetworkLayer Always(NetworkLayer layer, out int l3)
    {
        l3 = 0;
        return layer;
    }

    private static NetworkLayer Absent(out int l3)
    {
        l3 = -1;
        return NetworkLayer.Absent;
    }
}
