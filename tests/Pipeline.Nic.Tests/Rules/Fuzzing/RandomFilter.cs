using System.Text;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Rules.Fuzzing;

/// <summary>Makes up pcap-filter expressions (pcap-filter(7)), of bounded length and without a double quote.</summary>
internal static class RandomFilter
{
    private const int Deepest = 3;

    private static readonly string[] Primitives =
    [
        "tcp", "udp", "icmp", "icmp6", "arp", "rarp", "ip", "ip6", "sctp", "igmp", "pim", "ah", "esp", "stp", "port 53", "tcp port 80",
        "src port 22",
        "udp dst port 4789", "portrange 1-1023", "tcp src portrange 9-3", "host 192.0.2.1", "src host 10.0.0.1", "dst net 10.0.0.0/8",
        "net 10.0.0.0/99",
        "net 192.168 mask 255.255.0.0", "ip6 host 2001:db8::1", "net 2001:db8::/32", "ether host 00:00:5e:00:53:01",
        "ether src 0:1:2:3:4:5", "ether proto 0x86dd",
        "ip proto 47", "ip proto \\tcp", "ip6 proto 58", "ip6 protochain 6", "ip protochain 17", "ether multicast", "ip multicast",
        "ether broadcast", "vlan", "vlan 5",
        "vlan 5000", "mpls", "mpls 1024", "pppoes", "pppoes 7", "geneve", "geneve 9", "greater 100", "less 64", "llc", "llc s", "iso",
        "clnp", "ip[6] & 0x20 = 0",
    ];

    private static readonly string[] Fields =
    [
        "len", "ip[0]", "ip[2:2]", "ip6[40]", "tcp[13]", "tcp[tcpflags]", "udp[4:2]", "icmp[icmptype]", "ether[0]", "ether[12:2]",
        "ip[0] & 0xf", "link[0]", "tcp[1:3]",
    ];

    private static readonly string[] Operators = ["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"];
    private static readonly string[] Relations = ["=", "!=", ">", "<", ">=", "<=", "=="];
    private static readonly string[] Numbers = ["0", "1", "2", "6", "0x10", "31", "32", "0xff", "1500", "65535", "0x7fffffff", "0xffffffff", "017"];

    public static string Make(Chance chance)
    {
        var text = new StringBuilder();
        Append(text, chance, Deepest);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Chance chance, int depth)
    {
        if (chance.OneIn(6)) text.Append(chance.Of(["not ", "! "]));
        switch (depth == 0 ? 0 : chance.Below(6))
        {
            case 3:
                text.Append('(');
                Append(text, chance, depth - 1);
                text.Append(')');
                break;
            case 4 or 5:
                Append(text, chance, depth - 1);
                text.Append(chance.Of([" and ", " or ", " && ", " || "]));
                Append(text, chance, depth - 1);
                break;
            default:
                if (chance.OneIn(4)) text.Append($"{Sum(chance, 2)} {chance.Of<string>(Relations)} {Sum(chance, 1)}");
                else text.Append(chance.Of<string>(Primitives));
                break;
        }
    }

    private static string Sum(Chance chance, int depth) => depth == 0 || chance.OneIn(2)
        ? chance.OneIn(2) ? chance.Of<string>(Fields) : chance.Of<string>(Numbers)
        : $"({Sum(chance, depth - 1)} {chance.Of<string>(Operators)} {Sum(chance, depth - 1)})";
}
