using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules.Guards;

/// <summary>On captures, guards match the packets that libpcap finds for the same thing said in its language.</summary>
public class GuardCorpusTests
{
    private static readonly Dictionary<string, string> Expressions = new()
    {
        // RARP is written as ARP is, and is kept out with it.
        ["arp"] = "(arp or rarp) and (arp[0:2] = 1 or arp[0:2] = 6) and arp[2:4] = 0x08000604",
        ["nd"] = Icmp6("{0} >= 133 and {0} <= 137"),
        ["icmp-errors"] = "(ip[6:2] & 0x1fff = 0 and (icmp[0] = 3 or icmp[0] = 4 or icmp[0] = 5 or icmp[0] = 11 or icmp[0] = 12))"
            + $" or ({Icmp6("{0} >= 1 and {0} <= 4")}) or ({Later(1)}) or ({Later6(58)})",
        ["dhcp"] = $"udp dst portrange 67-68 or udp dst portrange 546-547 or ({Later(17)} and ip[16:4] = 0xffffffff)"
            + $" or ({Later6(17)} and ip6[8:2] & 0xffc0 = 0xfe80)",
        ["l2-control"] = "ether[0:4] = 0x0180c200 and ether[4:2] < 16 or ether[12:2] = 0x8809 or ether[12:2] = 0x88cc or ether[12:2] = 0x888e",
        ["ssh"] = $"tcp dst port 22 or tcp dst port 2222 or ({Later(6)}) or ({Later6(6)})",
        ["cluster"] = $"tcp port 4053 or (tcp dst port 4054 and dst host 10.0.0.2) or (tcp src port 4055 and src host 10.0.0.1) or ({Later(6)}) or ({Later6(6)})",
        ["dashboard"] = $"tcp port 8480 or ({Later(6)}) or ({Later6(6)})",
    };

    [FactThatNeeds(Need.Corpus | Need.Libpcap)]
    public void Guards_match_what_libpcap_finds_behind_up_to_two_tags()
    {
        var filters = Expressions.ToDictionary(e => e.Key, e => PacketFilter.Create(e.Key == "l2-control" ? e.Value : Tagged(e.Value)));
        List<string> differences = [];
        SortedSet<string> seen = [];
        foreach (var file in Corpus.Table("oracle.tsv").Select(r => r["file"]))
        {
            CapturePackets.Visit(file, (bundle, first) =>
            {
                if (bundle.Interface.LinkType == LinkType.Ethernet) Compare(file, bundle, first, filters, differences, seen);
            });
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences.Take(50)));
        Assert.Equal(["arp", "cluster", "dashboard", "dhcp", "icmp-errors", "l2-control", "nd", "ssh"], seen);
    }

    /// <summary>ICMPv6 by its type, behind one header that is no fragment's or behind none: as far as libpcap's language reaches.</summary>
    private static string Icmp6(string type) =>
        $"(ip6[6] = 58 and {string.Format(type, "ip6[40]")}) or ((ip6[6] = 0 or ip6[6] = 60 or ip6[6] = 43) and ip6[40] = 58 and ip6[41] = 0 and {string.Format(type, "ip6[48]")})";

    private static string Later(int protocol) => $"ip[9] = {protocol} and ip[6:2] & 0x1fff != 0";

    private static string Later6(int protocol) => $"ip6[6] = 44 and ip6[40] = {protocol} and ip6[42:2] & 0xfff8 != 0";

    /// <summary>In libpcap's language <c>vlan</c> moves all that is said after it behind a tag.</summary>
    private static string Tagged(string expression) => $"({expression}) or (vlan and (({expression}) or (vlan and ({expression}))))";

    private static void Compare(string file, PageBundle bundle, int first, Dictionary<string, PacketFilter> filters, List<string> differences, SortedSet<string> seen)
    {
        var expected = new List<string>[bundle.Count];
        for (var i = 0; i < expected.Length; i++) expected[i] = [];
        foreach (var (guard, filter) in filters)
        {
            filter.Select(bundle);
            for (var i = 0; i < expected.Length; i++)
            {
                if (bundle.Packets[i].Has(PacketFlags.Selected)) expected[i].Add(guard);
            }
        }

        for (var i = 0; i < expected.Length; i++)
        {
            var found = GuardPackets.Found(bundle.BytesOf(bundle.Packets[i]).ToArray());
            seen.UnionWith(expected[i]);
            if (found != string.Join(' ', expected[i])) differences.Add($"{file} {first + i}: {found}, not {string.Join(' ', expected[i])}");
        }
    }
}
