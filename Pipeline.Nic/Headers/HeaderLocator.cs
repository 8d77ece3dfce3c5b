using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Pipeline.Nic.Headers;

/// <summary>
/// Finds where the network and transport headers of a packet start. Allocates nothing, reads no byte that was not captured, any thread.
/// </summary>
/// <remarks>An offset can equal the captured length: the header before it is whole, and nothing follows.</remarks>
public static class HeaderLocator
{
    private const int FragmentBytes = 8;
    internal const int MostExtensionHeaders = 8;

    /// <summary>
    /// Bytes to the first byte of the network header; -1 when the link header is cut off or the link type has none that is known.
    /// </summary>
    /// <remarks>
    /// <list type="bullet">
    /// <item>Ethernet: after the type (or, in IEEE 802.3, length) field. At most two tags of 802.1Q, 802.1ad or 0x9100 are skipped. Where
    /// there are three tags, the offset points at the rest of the third. If a tag is cut off, the offset is absent.</item>
    /// <item>Linux SLL and SLL2: 16 and 20, whatever the protocol type; a tag there is not skipped.</item>
    /// <item>Raw IP (101, and 12 and 14 as older files have it), IPv4, IPv6: 0, even of an empty packet.</item>
    /// <item>BSD null and loop: 4.</item>
    /// <item>PPP: after address and control, where ff 03 are there (RFC 1662), and after the protocol of two bytes or, compressed, of one
    /// (RFC 1661 section 6.5). Cisco's framing (0f 00 or 8f 00, then an Ethernet type; RFC 1547): 4.</item>
    /// </list>
    /// </remarks>
    public static int L3(LinkType linkType, ReadOnlySpan<byte> packet)
    {
        LinkHeader.Locate(linkType, packet, out var l3);
        return l3;
    }

    /// <summary>
    /// Bytes to the first byte of the header after IP; -1 when the link header does not say IPv4 or IPv6, and where the other form gives
    /// -1.
    /// </summary>
    public static int L4(LinkType linkType, ReadOnlySpan<byte> packet) =>
        Transport(LinkHeader.Locate(linkType, packet, out var l3), packet, l3).Offset;

    /// <summary>
    /// Bytes to the first byte of the header after the IP header at <paramref name="l3"/>, whose version is read; -1 when there is none.
    /// Only for packets known to be IP: an MPLS label or an LLC header can start like an IPv4 header.
    /// </summary>
    /// <remarks>
    /// <list type="bullet">
    /// <item>IPv4 (RFC 791): absent when IHL is less than 5, when the header with its options was not captured whole, and when the
    /// fragment offset is not 0. The total length is not read: padding after a short packet is captured bytes too.</item>
    /// <item>IPv6 (RFC 8200): hop-by-hop, routing, fragment, destination options and AH are skipped, as Linux does, at most 8 of them. A
    /// ninth, a header not captured whole, a fragment other than the first, and "no next header" make it absent.</item>
    /// <item>AH counts its length in units of 4 bytes, less 2 (RFC 4302 section 2.2); the others in 8, less 1.</item>
    /// <item>After IPv4, AH is a protocol like any other. The chain ends at ESP (RFC 4303), mobility (135), HIP and shim6: the offset is
    /// their first byte.</item>
    /// </list>
    /// </remarks>
    /// <param name="l3">What <see cref="L3"/> gave; -1 is allowed.</param>
    public static int L4(ReadOnlySpan<byte> packet, int l3) => Transport(Version(packet, l3), packet, l3).Offset;

    // It is inlined, here and for IPv4: the result has small fields, and packing them for a return costs more than finding them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TransportStart Transport(NetworkLayer network, ReadOnlySpan<byte> packet, int l3) => network switch
    {
        NetworkLayer.IPv4 => BehindIPv4(packet, l3),
        NetworkLayer.IPv6 => BehindIPv6(packet, l3),
        _ => TransportStart.Absent,
    };

    private static NetworkLayer Version(ReadOnlySpan<byte> packet, int l3)
    {
        if ((uint)l3 >= (uint)packet.Length) return NetworkLayer.Absent;
        return (packet[l3] >> 4) switch { 4 => NetworkLayer.IPv4, 6 => NetworkLayer.IPv6, _ => NetworkLayer.Other };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TransportStart BehindIPv4(ReadOnlySpan<byte> packet, int l3)
    {
        if (packet.Length - l3 < IPv4Header.MinSize) return TransportStart.Absent;
        var header = packet[l3..];
        var bytes = (header[0] & 0x0f) * 4;
        if (header[0] >> 4 != 4 || bytes < IPv4Header.MinSize || bytes > header.Length) return TransportStart.Absent;

        var fragment = BinaryPrimitives.ReadUInt16BigEndian(header[6..]);
        if ((fragment & 0x3fff) == 0) return new TransportStart(l3 + bytes, l3 + 9, header[9], TransportTraits.None);
        return (fragment & 0x1fff) == 0
            ? new TransportStart(l3 + bytes, l3 + 9, header[9], TransportTraits.Fragment)
            : new TransportStart(-1, l3 + 9, header[9], TransportTraits.Fragment | TransportTraits.Later);
    }

    private static TransportStart BehindIPv6(ReadOnlySpan<byte> packet, int l3)
    {
        if (packet.Length - l3 < IPv6Header.Size || packet[l3] >> 4 != 6) return TransportStart.Absent;
        var at = l3 + IPv6Header.Size;
        var nextAt = l3 + 6;
        var next = packet[nextAt];
        var traits = TransportTraits.None;
        for (var skipped = 0; IsSkipped(next); skipped++)
        {
            // All of them have at least 8 bytes and start with the next header.
            if (skipped == MostExtensionHeaders || packet.Length - at < 8) return new TransportStart(-1, nextAt, next, traits);
            var header = packet.Slice(at, 8);
            if (next == IpProtocol.Fragment)
            {
                var offsetAndFlags = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
                if ((offsetAndFlags & 0xfff9) != 0) traits |= TransportTraits.Fragment;
                if ((offsetAndFlags & 0xfff8) != 0) return new TransportStart(-1, at, header[0], traits | TransportTraits.Later);
            }

            if (next == IpProtocol.Routing && header[3] != 0) traits |= TransportTraits.Routed;

            nextAt = at;
            at += BytesOf(next, header[1]);
            next = header[0];
            if (at > packet.Length) return new TransportStart(-1, nextAt, next, traits);
        }

        return new TransportStart(next == IpProtocol.NoNextHeader ? -1 : at, nextAt, next, traits);
    }

    internal static int BytesOf(byte extension, byte length) => extension switch
    {
        IpProtocol.Fragment => FragmentBytes,
        IpProtocol.AuthenticationHeader => (length + 2) * 4,
        _ => (length + 1) * 8,
    };

    internal static bool IsSkipped(byte next) => next is IpProtocol.HopByHop or IpProtocol.Routing or IpProtocol.Fragment
        or IpProtocol.DestinationOptions or IpProtocol.AuthenticationHeader;
}
