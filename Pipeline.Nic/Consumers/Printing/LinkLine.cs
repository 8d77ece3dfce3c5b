using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Consumers.Printing;

/// <summary>What a line says of the link header, and of packets whose contents are not parsed.</summary>
internal static class LinkLine
{
    /// <summary>Addresses, type and tags, as with tcpdump's <c>-e</c>.</summary>
    public static void Write(ref LineText text, scoped PacketHeaders packet)
    {
        if (packet.TryReadEthernet(out var ethernet))
        {
            Addresses(ref text, ethernet);
            text.Add(", "u8);
        }

        WriteTags(ref text, packet);
        if (packet.NetworkOffset < 0) return;
        if (packet.Type != 0)
        {
            Type(ref text, packet.Type);
            text.Add(", "u8);
        }

        if (packet.LinkType != LinkType.Ethernet) return;
        text.Add("length "u8);
        text.Number(packet.LengthAfterLink + packet.NetworkOffset);
        text.Add(": "u8);
    }

    /// <summary>VLAN and priority of each tag, the outermost first.</summary>
    public static void WriteTags(ref LineText text, scoped PacketHeaders packet)
    {
        for (var i = 0; i < packet.VlanTags; i++)
        {
            var tag = packet.VlanTag(i);
            text.Add("vlan "u8);
            text.Number(tag & 0x0fff);
            text.Add(", p "u8);
            text.Number(tag >> 13);
            text.Add((tag & 0x1000) != 0 ? ", DEI, "u8 : ", "u8);
        }
    }

    /// <summary>A packet that is neither IP nor ARP.</summary>
    /// <param name="isShown">Whether addresses and type are on the line already.</param>
    public static void WriteOther(ref LineText text, scoped PacketHeaders packet, bool isShown)
    {
        if (packet.LinkType == LinkType.Ethernet && !isShown && packet.TryReadEthernet(out var ethernet))
        {
            Addresses(ref text, ethernet);
            text.Add(", "u8);
        }

        if (packet.NetworkOffset < 0 || (packet.Type == 0 && packet.LinkType != LinkType.Ethernet))
        {
            text.Add(packet.LinkType == LinkType.Ethernet ? "[truncated Ethernet], length "u8 : "link-type "u8);
            if (packet.LinkType == LinkType.Ethernet) text.Number(packet.LengthAfterLink);
            else Link(ref text, packet);
            return;
        }

        Type(ref text, packet.Type);
        text.Add(", length "u8);
        text.Number(packet.LengthAfterLink);
    }

    private static void Link(ref LineText text, scoped PacketHeaders packet)
    {
        text.Number((int)packet.LinkType);
        text.Add(", length "u8);
        text.Number(packet.LengthAfterLink + Math.Max(0, packet.NetworkOffset));
    }

    private static void Addresses(ref LineText text, scoped EthernetHeader ethernet)
    {
        text.Mac(ethernet.Source);
        text.Add(" > "u8);
        text.Mac(ethernet.Destination);
    }

    private static void Type(ref LineText text, ushort type)
    {
        if (type < EtherType.Least)
        {
            text.Add("802.3"u8);
            return;
        }

        text.Add("ethertype "u8);
        text.Hex(type, 4);
    }
}
