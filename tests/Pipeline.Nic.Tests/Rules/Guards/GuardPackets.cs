using System.Net;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Nic.Tests.Rules.Guards;

/// <summary>Packets made by hand for guards to find, and which guards do.</summary>
internal static class GuardPackets
{
    public static readonly GuardPorts Ports = new()
    {
        Ssh = [22, 2222],
        Cluster = [new(IPAddress.Any, 4053), new(IPAddress.Parse("10.0.0.2"), 4054), new(IPAddress.Parse("10.0.0.1"), 4055), new(IPAddress.Parse("fe80::1"), 4056)],
        Dashboard = [new(IPAddress.IPv6Any, 8480), new(IPAddress.Loopback, 8481)],
    };

    private static readonly IReadOnlyList<Guard> Guards = KeepOutGuards.All(Ports);

    private const string Addresses = "020000000001020000000002";

    /// <summary>Ethernet, a type and what follows it, in hex; blanks do not count.</summary>
    public static byte[] Ethernet(string behindAddresses) => Convert.FromHexString(Addresses + behindAddresses.Replace(" ", "", StringComparison.Ordinal));

    /// <summary>An IPv4 header of 20 bytes, or with <paramref name="options"/> more, and what follows it.</summary>
    public static string V4(int protocol, string payload, string options = "", int fragment = 0) =>
        $"{4:x}{5 + (options.Length / 8):x}00 0064 0000 {fragment:x4} 40{protocol:x2} 0000 0a000001 0a000002 {options} {payload}";

    /// <summary>An IPv6 header and what follows it.</summary>
    public static string V6(int next, string payload) =>
        $"60000000 0020 {next:x2} ff fe800000000000000000000000000001 ff020000000000000000000000000001 {payload}";

    /// <summary>An extension header of 8 bytes.</summary>
    public static string Extension(int next, string rest = "0000 00000000") => $"{next:x2}00 {rest}";

    /// <summary>A fragment header of a later fragment, and some of its payload.</summary>
    public static string LaterV6(int next) => $"{next:x2}00 0010 00000007 {From(22)}";

    /// <summary>The source's port, and enough of the rest for a UDP header.</summary>
    public static string From(int port) => $"{port:x4} c000 0010 0000";

    /// <summary>Ports and enough of the rest for a UDP header.</summary>
    public static string To(int port) => $"c000 {port:x4} 0010 0000";

    /// <returns>The names of the guards that match, in order.</returns>
    public static string Found(byte[] packet, LinkType linkType = LinkType.Ethernet)
    {
        var located = LocatedPacket.Locate(linkType, packet, (uint)packet.Length);
        List<string> found = [];
        foreach (var guard in Guards)
        {
            if (guard.Matches(linkType, located)) found.Add(guard.Name);
        }

        return string.Join(' ', found);
    }
}
