using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Pipeline.Nic.Headers;

/// <summary>
/// Finds the network header behind what a link wraps around it: any tags, MPLS labels and PPPoE sessions, in any order. Rules look through
/// two tags and nothing else (<see cref="LinkHeader"/>), because their addresses are a contract. Flows are the same whatever carries them.
/// </summary>
internal static class InnerNetwork
{
    /// <summary>Tags, labels and sessions that are looked through together. A packet is short, and must not become a long loop.</summary>
    private const int MostHeaders = 16;

    private const int TagBytes = 4;
    private const int LabelBytes = 4;

    // RFC 2516 section 4: version, type and code, then session and length; behind them the protocol of PPP, uncompressed (section 7).
    private const int PppoeBytes = 8;
    private const ushort PppoeSession = 0x1100;

    /// <param name="l3">Bytes to the network header; where there is none, what <see cref="LinkHeader.Locate"/> says.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NetworkLayer Locate(LinkType linkType, ReadOnlySpan<byte> packet, out int l3)
    {
        var network = LinkHeader.Locate(linkType, packet, out l3);
        return network == NetworkLayer.Other ? LocateInner(linkType, packet, ref l3) : network;
    }

    private static NetworkLayer LocateInner(LinkType linkType, ReadOnlySpan<byte> packet, ref int l3)
    {
        if (TypeAt(linkType, l3) is not (>= 0 and var typeAt)) return NetworkLayer.Other;
        var inner = Behind(BinaryPrimitives.ReadUInt16BigEndian(packet[typeAt..]), packet, l3, out var at);
        if (inner != NetworkLayer.Other) l3 = at;
        return inner;
    }

    /// <returns>The place of the type that says what stands at <paramref name="l3"/>; -1 where there is none.</returns>
    internal static int TypeAt(LinkType linkType, int l3) =>
        linkType switch { LinkType.Ethernet or LinkType.LinuxSll => l3 - 2, LinkType.LinuxSll2 => 0, _ => -1 };

    private static NetworkLayer Behind(ushort type, ReadOnlySpan<byte> packet, int from, out int at)
    {
        at = from;
        for (var i = 0; i < MostHeaders; i++)
        {
            var header = packet[at..];
            if (EtherType.IsVlanTag(type) && header.Length >= TagBytes)
            {
                type = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
                at += TagBytes;
            }
            else if (EtherType.IsMpls(type) && header.Length >= LabelBytes)
            {
                at += LabelBytes;
                if (IsLastLabel(header)) return ByVersion(packet[at..]);
            }
            else if (type == EtherType.PppoeSession && header.Length >= PppoeBytes)
            {
                at += PppoeBytes;
                return BinaryPrimitives.ReadUInt16BigEndian(header) == PppoeSession ? OfPpp(header) : NetworkLayer.Other;
            }
            else
                return OfType(type);
        }

        return NetworkLayer.Other;
    }

    /// <summary>RFC 3032 section 2.1: the label, its class, the bottom of the stack, the time to live.</summary>
    private static bool IsLastLabel(ReadOnlySpan<byte> label) => (label[2] & 1) != 0;

    /// <summary>
    /// A label does not say what it carries, and routers look at the version too (RFC 4385 section 1). An Ethernet packet without a control
    /// word can begin with the same numbers (RFC 8469); it is then taken for IP if it has room for a header.
    /// </summary>
    private static NetworkLayer ByVersion(ReadOnlySpan<byte> header) => header.IsEmpty
        ? NetworkLayer.Other
        : (header[0] >> 4) switch { 4 => NetworkLayer.IPv4, 6 => NetworkLayer.IPv6, _ => NetworkLayer.Other };

    private static NetworkLayer OfPpp(ReadOnlySpan<byte> pppoe) => BinaryPrimitives.ReadUInt16BigEndian(pppoe[6..]) switch
    {
        LinkHeader.PppIPv4 => NetworkLayer.IPv4,
        LinkHeader.PppIPv6 => NetworkLayer.IPv6,
        _ => NetworkLayer.Other,
    };

    private static NetworkLayer OfType(ushort type) => type switch
    {
        EtherType.IPv4 => NetworkLayer.IPv4,
        EtherType.IPv6 => NetworkLayer.IPv6,
        EtherType.Arp => NetworkLayer.Arp,
        _ => NetworkLayer.Other,
    };
}
