using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Consumers.Printing;

/// <summary>What a line says of ARP.</summary>
internal static class ArpLine
{
    public static void Write(ref LineText text, scoped PacketHeaders packet)
    {
        text.Add("ARP, "u8);
        if (packet.TryReadArp(out var arp)) Message(ref text, arp);
        else text.Add("[truncated, or not of IPv4 on Ethernet]"u8);
        text.Add(", length "u8);
        text.Number(packet.LengthAfterLink);
    }

    private static void Message(ref LineText text, scoped ArpHeader arp)
    {
        if (arp.Operation == ArpHeader.Reply)
        {
            text.Add("Reply "u8);
            text.Address(arp.SenderAddress);
            text.Add(" is-at "u8);
            text.Mac(arp.SenderHardware);
            return;
        }

        if (arp.Operation == ArpHeader.Request)
        {
            text.Add("Request"u8);
        }
        else
        {
            text.Add("operation "u8);
            text.Number(arp.Operation);
        }

        text.Add(" who-has "u8);
        text.Address(arp.TargetAddress);
        text.Add(" tell "u8);
        text.Address(arp.SenderAddress);
    }
}
