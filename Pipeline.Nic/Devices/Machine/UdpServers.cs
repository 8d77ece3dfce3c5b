using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.Machine;

/// <summary>The UDP ports at which programs of this machine wait for packets from anybody.</summary>
public static class UdpServers
{
    private static readonly string[] Tables = ["udp", "udp6"];

    /// <summary>
    /// Ports that a client uses as well as a server: NTP (RFC 5905 section 9.1), IKE and IPsec through NAT (RFC 7296 section 2). They do
    /// not count as a server's.
    /// </summary>
    private static readonly int[] OfBothSides = [123, 500, 4500];

    /// <summary>
    /// Looks for sockets without a peer now. Those at ports that the kernel gives to clients are left out
    /// (<c>ip_local_port_range</c>, Linux, Documentation/networking/ip-sysctl.rst). Only this network namespace is seen.
    /// </summary>
    /// <param name="proc">Stands in for <c>/proc</c>.</param>
    /// <returns>Ascending.</returns>
    public static IReadOnlyList<int> Read(string proc = "/proc")
    {
        var (first, last) = GivenToClients(OptionalFiles.Text(Path.Combine(proc, "sys/net/ipv4/ip_local_port_range")) ?? "");
        var tables = Tables.Select(file => OptionalFiles.Text(Path.Combine(proc, "net", file)));
        var ports = tables.SelectMany(text => WaitingSocket.In(text, WaitingSocket.WithoutPeer)).Select(s => s.Port);
        return [.. ports.Where(p => (p < first || p > last) && !OfBothSides.Contains(p)).Distinct().Order()];
    }

    /// <summary>The kernel's default where the file does not say.</summary>
    private static (int First, int Last) GivenToClients(string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 2 && int.TryParse(words[0], out var first) && int.TryParse(words[1], out var last)
            ? (first, last)
            : (32768, 60999);
    }
}
