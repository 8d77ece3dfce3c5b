using System.Globalization;
using System.Text.RegularExpressions;
using Pipeline.TestSupport;

namespace Pipeline.Linux.Tests;

/// <summary>
/// Shapes what comes in on an interface, without a limit that matters: it is redirected to an ifb, whose HTB has a class for each UDP port.
/// </summary>
internal sealed class Shaper : IDisposable
{
    private const string Ifb = "shaper0";

    private readonly NetworkNamespace _host;

    public Shaper(NetworkNamespace host, string netdev, params int[] ports)
    {
        _host = host;
        Run("ip", "link", "add", Ifb, "type", "ifb");
        Run("ip", "link", "set", Ifb, "up");
        Run("tc", "qdisc", "add", "dev", Ifb, "root", "handle", "1:", "htb", "default", "1");
        foreach (var port in ports.Prepend(1)) Run("tc", "class", "add", "dev", Ifb, "parent", "1:", "classid", $"1:{port}", "htb", "rate", "10gbit");
        foreach (var port in ports)
            Run("tc", "filter", "add", "dev", Ifb, "parent", "1:", "pref", $"{port}", "protocol", "ip", "u32", "match", "ip", "protocol", "17", "0xff", "match", "ip", "dport", $"{port}", "0xffff", "flowid", $"1:{port}");
        Run("tc", "qdisc", "add", "dev", netdev, "ingress");
        Run("tc", "filter", "add", "dev", netdev, "ingress", "protocol", "all", "u32", "match", "u32", "0", "0", "action", "mirred", "egress", "redirect", "dev", Ifb);
    }

    /// <summary>Packets to a port that went through.</summary>
    public long Seen(int port)
    {
        var classes = Run("tc", "-s", "class", "show", "dev", Ifb);
        var sent = Regex.Match(classes, $@"class htb 1:{port} .*\n Sent \d+ bytes (\d+) pkt").Groups[1].Value;
        return long.Parse(sent, CultureInfo.InvariantCulture);
    }

    public void Dispose() => Run("ip", "link", "del", Ifb);

    private string Run(params string[] command) => _host.Inside(command);
}
