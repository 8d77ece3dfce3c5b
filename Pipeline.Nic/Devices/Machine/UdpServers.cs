using System.Globalization;

namespace Pipeline.Nic.Devices.Machine;

/// <summary>The UDP ports at which programs of this machine wait for packets from anybody.</summary>
public static class UdpServers
{
    /// <summary>The state of a UDP socket without a peer: TCP_CLOSE of net/tcp_states.h.</summary>
    private const string WithoutPeer = "07";

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
        var (first, last) = GivenToClients(Text(Path.Combine(proc, "sys/net/ipv4/ip_local_port_range")));
        var ports = Tables.SelectMany(file => In(Text(Path.Combine(proc, "net", file))));
        return [.. ports.Where(p => (p < first || p > last) && !OfBothSides.Contains(p)).Distinct().Order()];
    }

    /// <summary>Reads <c>/proc/net/udp</c> or <c>udp6</c>, which have the form of <c>/proc/net/tcp</c>; other lines are left out.</summary>
    private static IEnumerable<int> In(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            // sl local_address rem_address st tx:rx_queue tr:tm->when retrnsmt uid timeout inode
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 10 || fields[3] != WithoutPeer) continue;
            var port = fields[1].AsSpan(fields[1].LastIndexOf(':') + 1);
            if (ushort.TryParse(port, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number)) yield return number;
        }
    }

    /// <summary>The kernel's default where the file does not say.</summary>
    private static (int First, int Last) GivenToClients(string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 2 && int.TryParse(words[0], out var first) && int.TryParse(words[1], out var last)
            ? (first, last)
            : (32768, 60999);
    }

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
