using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Tests.Rules;

/// <summary>Packets that terms match.</summary>
internal static class FittingPacket
{
    /// <summary>IPv4 and UDP with the bytes that terms at constant or named places ask for.</summary>
    public static byte[] For(string terms)
    {
        var packet = new byte[80];
        (packet[12], packet[14]) = (8, 0x45);
        foreach (var term in RuleText.Terms(terms).Terms)
        {
            var at = term.Address.Offset + term.Address.Base switch { FieldBase.L3 => 14, FieldBase.L4 => 34, _ => 0 };
            for (var i = 0; i < term.Width; i++) packet[at + i] |= (byte)(term.Value >> (8 * (term.Width - 1 - i)));
        }

        return packet;
    }
}
