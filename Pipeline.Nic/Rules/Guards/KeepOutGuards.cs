using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Rules.Guards;

/// <summary>
/// The guards that come before all rules on live interfaces. Packets they match stay with the kernel, because a machine that loses these
/// can no longer be reached or repaired.
/// </summary>
/// <remarks>
/// IPv6 packets are examined with at most one extension header, because terms cannot express any number of them. Fragments other than the
/// first have no <c>l4</c> and are not seen.
/// </remarks>
public static class KeepOutGuards
{
    /// <summary>
    /// Hardware type Ethernet or IEEE 802, protocol type IPv4, lengths 6 and 4 (RFC 826): Linux takes these for ARP, after any tag.
    /// </summary>
    private static readonly IReadOnlyList<string> Arp = ["l3+0:ffff:0001 l3+2:ffffffff:08000604", "l3+0:ffff:0006 l3+2:ffffffff:08000604"];

    /// <summary>Router solicitation to redirect (RFC 4861 section 4).</summary>
    private static readonly int[] NeighborDiscovery = [133, 134, 135, 136, 137];

    /// <summary>
    /// Unreachable, source quench, redirect, time exceeded, parameter problem: the errors among RFC 792's (RFC 1122 section 3.2.2).
    /// </summary>
    private static readonly int[] IcmpErrors = [3, 4, 5, 11, 12];

    /// <summary>Unreachable, too big, time exceeded, parameter problem (RFC 4443 section 3).</summary>
    private static readonly int[] IcmpV6Errors = [1, 2, 3, 4];

    /// <summary>Server and client (RFC 2131 section 4.1). Either can run here.</summary>
    private static readonly int[] Dhcp = [67, 68];

    /// <summary>Client and server or relay (RFC 8415 section 7.2).</summary>
    private static readonly int[] DhcpV6 = [546, 547];

    /// <summary>
    /// The sixteen addresses that bridges do not forward (IEEE 802.1Q-2018 table 8-1): STP, pause, LACP, 802.1X, LLDP. The types are for
    /// protocols that also use other addresses: slow protocols (IEEE 802.3 annex 57A), LLDP (802.1AB), EAPOL (802.1X).
    /// </summary>
    private static readonly IReadOnlyList<string> LinkControl =
        ["0:fffffffffff0:0180c2000000", "12:ffff:8809", "12:ffff:88cc", "12:ffff:888e"];

    private static readonly byte[] ExtensionHeaders =
        [IpProtocol.HopByHop, IpProtocol.Routing, IpProtocol.Fragment, IpProtocol.AuthenticationHeader, IpProtocol.DestinationOptions];

    /// <summary>
    /// The names that <c>keep-out off NAME</c> takes, in the order the guards are tried. They include guards without a configured port.
    /// </summary>
    public static IReadOnlyList<string> Names { get; } = ["arp", "nd", "icmp-errors", "dhcp", "l2-control", "ssh", "cluster", "dashboard"];

    /// <summary>All guards, in the order they are tried. Guards of ports are included only where a port is given.</summary>
    public static IReadOnlyList<Guard> All(GuardPorts ports)
    {
        Guard[] guards =
        [
            Of("arp", Arp),
            Of("nd", V6(IpProtocol.IcmpV6, NeighborDiscovery.Select(Type))),
            Of("icmp-errors", [.. V4(IpProtocol.Icmp, IcmpErrors.Select(Type)), .. V6(IpProtocol.IcmpV6, IcmpV6Errors.Select(Type))]),
            Of("dhcp", [.. V4(IpProtocol.Udp, Dhcp.Select(To)), .. V6(IpProtocol.Udp, DhcpV6.Select(To))]),
            Of("l2-control", LinkControl),
            Of("ssh", Tcp(ports.Ssh)),
            Of("cluster", Tcp(ports.Cluster)),
            Of("dashboard", Tcp(ports.Dashboard)),
        ];
        return [.. guards.Where(g => g.Conditions.Count > 0)];
    }

    /// <summary>The guards that a rule set leaves in force.</summary>
    public static IReadOnlyList<Guard> InForce(IReadOnlyList<Guard> guards, RuleSet rules) =>
        rules.LiftedGuards.Count == 0 ? guards : [.. guards.Where(g => !rules.LiftedGuards.Contains(g.Name))];

    private static string Type(int type) => $"l4+0:ff:{type:x2}";

    private static string To(int port) => $"l4+2:ffff:{port:x4}";

    private static IEnumerable<string> Tcp(IReadOnlyList<int> ports) =>
        V4(IpProtocol.Tcp, ports.Order().Distinct().Select(To)).Concat(V6(IpProtocol.Tcp, ports.Order().Distinct().Select(To)));

    private static IEnumerable<string> V4(byte protocol, IEnumerable<string> behind) =>
        behind.Select(term => $"l3+0:f0:40 l3+9:ff:{protocol:x2} {term}");

    /// <summary>
    /// Conditions after the header of 40 bytes, or after one extension header, which begins with the next header's number.
    /// </summary>
    private static IEnumerable<string> V6(byte protocol, IEnumerable<string> behind)
    {
        var chains = ExtensionHeaders.Select(e => $"l3+6:ff:{e:x2} l3+40:ff:{protocol:x2}").Prepend($"l3+6:ff:{protocol:x2}").ToList();
        return behind.SelectMany(term => chains.Select(chain => $"l3+0:f0:60 {chain} {term}"));
    }

    private static Guard Of(string name, IEnumerable<string> conditions) => new(name, [.. conditions.Select(c => GuardText.Read(name, c))]);
}
