using System.Buffers.Binary;
using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Consumers.Printing;

/// <summary>What a line says of ICMP and ICMPv6. Types without a word here are printed as numbers.</summary>
internal static class IcmpLine
{
    private const int IdAt = 4;
    private const int NumberAt = 6;
    private const int TargetAt = 8;
    private const byte Solicitation = 135;
    private const byte Advertisement = 136;

    public static void Write(ref LineText text, scoped PacketHeaders packet, scoped IcmpHeader icmp)
    {
        var isV4 = packet.Network == NetworkLayer.IPv4;
        text.Add(isV4 ? "ICMP "u8 : "ICMP6, "u8);
        var words = isV4 ? Words(icmp.Type) : WordsV6(icmp.Type);
        if (words.IsEmpty)
        {
            text.Add("type-#"u8);
            text.Number(icmp.Type);
        }

        text.Add(words);
        Details(ref text, packet.Transport, icmp, isV4);
        text.Add(", length "u8);
        text.Number(packet.TransportLength);
    }

    private static void Details(ref LineText text, scoped ReadOnlySpan<byte> bytes, scoped IcmpHeader icmp, bool isV4)
    {
        var isEcho = isV4 ? icmp.Type is 0 or 8 : icmp.Type is 128 or 129;
        if (isEcho && bytes.Length >= NumberAt + 2)
        {
            text.Add(", id "u8);
            text.Number(BinaryPrimitives.ReadUInt16BigEndian(bytes[IdAt..]));
            text.Add(", seq "u8);
            text.Number(BinaryPrimitives.ReadUInt16BigEndian(bytes[NumberAt..]));
        }
        else if (!isV4 && icmp.Type is Solicitation or Advertisement && bytes.Length >= TargetAt + 16)
        {
            text.Add(icmp.Type == Solicitation ? ", who has "u8 : ", tgt is "u8);
            text.Address(bytes.Slice(TargetAt, 16));
        }
        else if (icmp.Code != 0)
        {
            text.Add(", code "u8);
            text.Number(icmp.Code);
        }
    }

    private static ReadOnlySpan<byte> Words(byte type) => type switch
    {
        0 => "echo reply"u8,
        3 => "unreachable"u8,
        5 => "redirect"u8,
        8 => "echo request"u8,
        9 => "router advertisement"u8,
        10 => "router solicitation"u8,
        11 => "time exceeded"u8,
        12 => "parameter problem"u8,
        _ => default,
    };

    private static ReadOnlySpan<byte> WordsV6(byte type) => type switch
    {
        1 => "destination unreachable"u8,
        2 => "packet too big"u8,
        3 => "time exceeded"u8,
        4 => "parameter problem"u8,
        128 => "echo request"u8,
        129 => "echo reply"u8,
        130 => "multicast listener query"u8,
        131 => "multicast listener report"u8,
        132 => "multicast listener done"u8,
        133 => "router solicitation"u8,
        134 => "router advertisement"u8,
        Solicitation => "neighbor solicitation"u8,
        Advertisement => "neighbor advertisement"u8,
        137 => "redirect"u8,
        143 => "multicast listener report v2"u8,
        _ => default,
    };
}
