using System.Numerics;

namespace Pipeline.Nic.Rules.Explaining;

/// <summary>Values in words.</summary>
internal static class FieldValue
{
    private static readonly string[] TcpFlagNames = ["fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"];

    public static string Of(FieldFormat format, ulong mask, ulong value) => format switch
    {
        FieldFormat.HighNibble => $"is {value >> 4}",
        FieldFormat.Bit => value == 0 ? "is not set" : "is set",
        FieldFormat.Mac => "is " + string.Join(':', Bytes(value, 6).Select(b => b.ToString("x2"))),
        FieldFormat.EtherType => "is " + Named(EtherType(value), $"0x{value:x4}"),
        FieldFormat.Protocol => "is " + Named(Protocol(value), $"{value}"),
        FieldFormat.IPv4 => IPv4(mask, value),
        FieldFormat.TcpFlags => TcpFlags(mask, value),
        _ => $"is {value}",
    };

    private static string Named(string? name, string number) => name is null ? number : $"{name} ({number})";

    // IEEE registry of Ethernet types.
    private static string? EtherType(ulong value) => value switch
    {
        0x0800 => "IPv4",
        0x0806 => "ARP",
        0x8100 => "802.1Q VLAN",
        0x86dd => "IPv6",
        0x8809 => "slow protocols",
        0x8847 => "MPLS",
        0x8863 => "PPPoE discovery",
        0x8864 => "PPPoE session",
        0x88a8 => "802.1ad VLAN",
        0x88cc => "LLDP",
        _ => null,
    };

    // IANA registry of protocol numbers.
    private static string? Protocol(ulong value) => value switch
    {
        1 => "ICMP",
        2 => "IGMP",
        4 => "IPv4",
        6 => "TCP",
        17 => "UDP",
        41 => "IPv6",
        47 => "GRE",
        50 => "ESP",
        51 => "AH",
        58 => "ICMPv6",
        89 => "OSPF",
        132 => "SCTP",
        _ => null,
    };

    private static string IPv4(ulong mask, ulong value)
    {
        var address = string.Join('.', Bytes(value, 4));
        if (mask == uint.MaxValue) return "is " + address;
        var prefix = BitOperations.LeadingZeroCount(~(uint)mask);
        var isPrefix = BitOperations.PopCount(mask) == prefix;
        return isPrefix ? $"is in {address}/{prefix}" : $"masked with {string.Join('.', Bytes(mask, 4))} is {address}";
    }

    private static string TcpFlags(ulong mask, ulong value)
    {
        var asked = Enumerable.Range(0, 8).Where(bit => (mask >> bit & 1) != 0);
        return "have " + string.Join(", ", asked.Select(bit => ((value >> bit & 1) != 0 ? "" : "no ") + TcpFlagNames[bit]));
    }

    private static IEnumerable<byte> Bytes(ulong value, int count) =>
        Enumerable.Range(0, count).Select(i => (byte)(value >> (8 * (count - 1 - i))));
}
