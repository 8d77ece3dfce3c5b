using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Rules.Guards;

/// <summary>
/// The guards that come before all rules on live interfaces. Packets they match stay with the kernel, because a machine that loses these
/// can no longer be reached or repaired.
/// </summary>
/// <remarks>
/// A port or an ICMP type is looked for behind at most eight IPv6 extension headers, as far as <c>l4</c> reaches. A later fragment has
/// neither. It is kept where its protocol and, for UDP, its address are such that hardly any other traffic is fragmented like this.
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

    /// <summary>
    /// Server and client (RFC 2131 section 4.1), and for IPv6 client and server or relay (RFC 8415 section 7.2). Either can run here. The
    /// version of IP is not asked, so that these ports and those of TCP are one question.
    /// </summary>
    private static readonly int[] Dhcp = [67, 68, 546, 547];

    /// <summary>
    /// The sixteen addresses that bridges do not forward (IEEE 802.1Q-2018 table 8-1): STP, pause, LACP, 802.1X, LLDP. The types are for
    /// protocols that also use other addresses: slow protocols (IEEE 802.3 annex 57A), LLDP (802.1AB), EAPOL (802.1X).
    /// </summary>
    private static readonly IReadOnlyList<string> LinkControl =
        ["0:fffffffffff0:0180c2000000", "12:ffff:8809", "12:ffff:88cc", "12:ffff:888e"];

    private static readonly string Tcp = Protocol(IpProtocol.Tcp);

    /// <summary>
    /// ICMP of both versions, however it is fragmented: large errors, and large echoes with them. In IPv6 the rest of a message can also
    /// begin with destination options.
    /// </summary>
    private static readonly IReadOnlyList<string> LaterIcmp =
        [Later(IpProtocol.Icmp), Later(IpProtocol.IcmpV6), Later(IpProtocol.DestinationOptions)];

    /// <summary>UDP to the broadcast address, and over IPv6 from a link's own address (fe80::/10).</summary>
    private static readonly IReadOnlyList<string> LaterDhcp =
        [$"l3+0:f0:40 l3+16:ffffffff:ffffffff {Later(IpProtocol.Udp)}", $"l3+0:f0:60 l3+8:ffc0:fe80 {Later(IpProtocol.Udp)}"];

    /// <summary>The name of the guard that asks the kernel's sockets. It is tried last, on packets that are about to be taken.</summary>
    internal const string Own = "own";

    /// <summary>
    /// The names that <c>keep-out off NAME</c> takes, in the order the guards are tried. They include guards without a configured port.
    /// </summary>
    public static IReadOnlyList<string> Names { get; } =
        ["arp", "nd", "icmp-errors", "dhcp", "l2-control", "ssh", "cluster", "dashboard", Own];

    /// <summary>
    /// All guards, in the order they are tried. Guards of ports are included only where they have a port to keep, and the one that asks
    /// sockets where they can be asked.
    /// </summary>
    public static IReadOnlyList<Guard> All(GuardPorts ports)
    {
        Guard[] guards =
        [
            Of("arp", Arp),
            Of("nd", NeighborDiscovery.Select(t => Icmp(6, IpProtocol.IcmpV6, t))),
            Of("icmp-errors",
            [
                .. IcmpErrors.Select(t => Icmp(4, IpProtocol.Icmp, t)), .. IcmpV6Errors.Select(t => Icmp(6, IpProtocol.IcmpV6, t)),
                .. LaterIcmp,
            ]),
            Of("dhcp", [.. Dhcp.Select(Udp), .. LaterDhcp]),
            Of("l2-control", LinkControl),
            Of("ssh", WithLater(ports.Ssh.Order().Distinct().Select(p => $"{Tcp} {To(p)}"))),
            Of("cluster", WithLater(ports.Cluster.SelectMany(EndpointTerms.Of).Distinct())),
            Of("dashboard", WithLater(ports.Dashboard.SelectMany(EndpointTerms.Of).Distinct())),
        ];
        var own = ports.Own is { } replies ? new[] { new Guard(Own, []) { Replies = replies } } : [];
        return [.. guards.Where(g => g.Conditions.Count > 0), .. own];
    }

    /// <summary>The guards that a rule set leaves in force.</summary>
    public static IReadOnlyList<Guard> InForce(IReadOnlyList<Guard> guards, RuleSet rules) =>
        rules.LiftedGuards.Count == 0 ? guards : [.. guards.Where(g => !rules.LiftedGuards.Contains(g.Name))];

    /// <summary>
    /// TCP that somebody on the way has cut into fragments. Its ends avoid that (RFC 1191, RFC 8201), so that there is little of it.
    /// </summary>
    private static IEnumerable<string> WithLater(IEnumerable<string> conditions) =>
        conditions.ToList() is { Count: > 0 } some ? some.Append(Later(IpProtocol.Tcp)) : [];

    private static string Icmp(int version, byte protocol, int type) => $"l3+0:f0:{version:x}0 {Protocol(protocol)} l4+0:ff:{type:x2}";

    private static string Udp(int port) => $"{Protocol(IpProtocol.Udp)} {To(port)}";

    private static string To(int port) => $"l4+2:ffff:{port:x4}";

    private static string Protocol(byte protocol) => $"proto+0:ff:{protocol:x2}";

    private static string Later(byte protocol) => $"later+0:ff:{protocol:x2}";

    private static Guard Of(string name, IEnumerable<string> conditions) => new(name, [.. conditions.Select(c => GuardText.Read(name, c))]);
}
