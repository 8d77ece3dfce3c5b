using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Consumers.Printing;

/// <summary>What a line says of a packet's headers, in tcpdump's words where it has them. Numbers are never looked up as names.</summary>
internal static class PacketLine
{
    private static readonly (byte Type, byte[] Name)[] Extensions =
    [
        (IpProtocol.HopByHop, "HBH "u8.ToArray()), (IpProtocol.DestinationOptions, "DSTOPT "u8.ToArray()),
        (IpProtocol.Routing, "srcrt "u8.ToArray()), (IpProtocol.AuthenticationHeader, "AH "u8.ToArray()),
    ];

    public static void Write(ref LineText text, scoped PacketHeaders packet, bool showsLink)
    {
        if (showsLink) LinkLine.Write(ref text, packet);
        else LinkLine.WriteTags(ref text, packet);

        if (packet.IsIp) Ip(ref text, packet);
        else if (packet.Network is NetworkLayer.IPv4 or NetworkLayer.IPv6) Unreadable(ref text, packet);
        else if (packet.Network == NetworkLayer.Arp) ArpLine.Write(ref text, packet);
        else LinkLine.WriteOther(ref text, packet, isShown: showsLink);
    }

    private static void Unreadable(ref LineText text, scoped PacketHeaders packet)
    {
        text.Add(packet.Network == NetworkLayer.IPv4 ? "IP [truncated or no IPv4], length "u8 : "IP6 [truncated or no IPv6], length "u8);
        text.Number(packet.LengthAfterLink);
    }

    private static void Ip(ref LineText text, scoped PacketHeaders packet)
    {
        text.Add(packet.Network == NetworkLayer.IPv4 ? "IP "u8 : "IP6 "u8);
        var hasPorts = packet.TryReadPorts(out var source, out var destination);
        Endpoint(ref text, packet.Source, hasPorts, source);
        text.Add(" > "u8);
        Endpoint(ref text, packet.Destination, hasPorts, destination);
        text.Add(": "u8);
        var isLater = packet.Network == NetworkLayer.IPv4 ? Fragment(ref text, packet) : Behind(ref text, packet);
        if (isLater) return;
        if (packet.Protocol == IpProtocol.Tcp) TransportLine.Tcp(ref text, packet);
        else if (packet.Protocol == IpProtocol.Udp) TransportLine.Udp(ref text, packet);
        else if (packet.TryReadIcmp(out var icmp)) IcmpLine.Write(ref text, packet, icmp);
        else Other(ref text, packet);
    }

    private static void Endpoint(ref LineText text, scoped ReadOnlySpan<byte> address, bool hasPort, ushort port)
    {
        text.Address(address);
        if (!hasPort) return;
        text.Add("."u8);
        text.Number(port);
    }

    /// <returns>Whether nothing is left to say, because the transport header is in another packet.</returns>
    private static bool Fragment(ref LineText text, scoped PacketHeaders packet)
    {
        if (!packet.IsFragment || !IPv4Header.TryRead(packet.AfterLink, out var ip)) return false;
        WriteFragment(ref text, ip.Identification, ip.FragmentOffset, packet.IpLength - ip.Length, ip.HasMoreFragments);
        if (packet.IsLaterFragment) Protocol(ref text, packet.Protocol);
        return packet.IsLaterFragment;
    }

    /// <summary>Names the extension headers between IPv6 and the payload.</summary>
    /// <inheritdoc cref="Fragment"/>
    private static bool Behind(ref LineText text, scoped PacketHeaders packet)
    {
        var bytes = IPv6Header.Size;
        var isLater = false;
        foreach (var extension in packet.Extensions)
        {
            if (extension.Type == IpProtocol.Fragment)
            {
                bytes += extension.Length;
                WriteFragment(
                    ref text, extension.Identification, extension.FragmentOffset, packet.IpLength - bytes, extension.HasMoreFragments);
                isLater = extension.FragmentOffset > 0;
                continue;
            }

            bytes += extension.Length;
            foreach (var (type, name) in Extensions)
            {
                if (type == extension.Type) text.Add(name);
            }
        }

        if (isLater) Protocol(ref text, packet.Protocol);
        return isLater;
    }

    private static void WriteFragment(ref LineText text, uint id, int offset, int length, bool hasMore)
    {
        text.Add("frag (id "u8);
        text.Hex(id);
        text.Add(", offset "u8);
        text.Number(offset);
        text.Add(", length "u8);
        text.Number(Math.Max(0, length));
        text.Add(hasMore ? ", more follow) "u8 : ") "u8);
    }

    private static void Other(ref LineText text, scoped PacketHeaders packet)
    {
        if (packet.TransportOffset < 0)
        {
            text.Add(packet.Protocol == IpProtocol.NoNextHeader ? "no next header, length "u8 : "[truncated], length "u8);
            text.Number(packet.IpLength);
            return;
        }

        Protocol(ref text, packet.Protocol);
        text.Add(", length "u8);
        text.Number(packet.TransportLength);
    }

    private static void Protocol(ref LineText text, byte protocol)
    {
        text.Add("ip-proto-"u8);
        text.Number(protocol);
    }
}
