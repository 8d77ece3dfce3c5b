using System.Diagnostics;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules.Exports;

/// <summary>
/// A veth pair whose far end lies in a network namespace of its own, with filters of <c>tc</c> on it. Nothing but the test sends there.
/// </summary>
internal sealed partial class TcWire : IDisposable
{
    public const string Interface = "far0";
    private const int CountPriority = 1;

    private readonly string _name = $"plx{Environment.ProcessId % 100_000}{Random.Shared.Next(1000)}";
    private readonly Socket _socket;
    private int _sent;

    public TcWire()
    {
        Ip("netns", "add", _name);
        Ip("link", "add", _name, "mtu", "9000", "type", "veth", "peer", "name", Interface, "mtu", "9000", "netns", _name);
        foreach (var scope in new[] { "all", "default" }) Run($"echo 1 >/proc/sys/net/ipv6/conf/{scope}/disable_ipv6");
        File.WriteAllText($"/proc/sys/net/ipv6/conf/{_name}/disable_ipv6", "1");
        Inside("ip", "link", "add", "sink0", "type", "ifb");
        foreach (var netdev in new[] { "sink0", Interface }) Inside("ip", "link", "set", netdev, "up");
        Ip("link", "set", _name, "up");
        Inside("tc", "qdisc", "add", "dev", Interface, "clsact");
        Inside("tc", "filter", "add", "dev", Interface, "ingress", "pref", $"{CountPriority}", "protocol", "all", "u32", "match", "u32", "0", "0", "at", "-4", "action", "mirred", "egress", "mirror", "dev", "sink0", "continue");
        _socket = new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)0);
        _socket.Bind(new PacketAddress(int.Parse(File.ReadAllText($"/sys/class/net/{_name}/ifindex"))));
    }

    /// <summary>Runs an exported script. This machine may lack the action that sets marks, so a mirror takes its place.</summary>
    public void Load(string script)
    {
        var mirrored = Mark().Replace(script, "mirred egress mirror dev sink0");
        var result = Tool.Run("ip", "netns", "exec", _name, "sh", "-e", "-c", mirrored);
        Assert.True(result.ExitCode == 0, result.Errors);
    }

    /// <summary>Runs a line of a script as it is.</summary>
    public Tool.Result Run(string line) => Tool.Run("ip", "netns", "exec", _name, "sh", "-c", line);

    /// <returns>False for what no socket can send: less than a header.</returns>
    public bool Send(byte[] packet)
    {
        if (packet.Length <= 14) return false;
        _socket.Send(packet);
        _sent++;
        return true;
    }

    /// <summary>Packets that each priority's actions have met so far, once all that were sent came by.</summary>
    public Dictionary<int, long> Counts()
    {
        // A packet's way through the filters is one run of the kernel's; what is sent last matches no rule, and is waited for.
        Send([.. Enumerable.Repeat((byte)0xff, 20)]);
        var patience = Stopwatch.StartNew();
        while (Read().GetValueOrDefault(CountPriority) < _sent)
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(20), $"{Read().GetValueOrDefault(CountPriority)} of {_sent} packets came");
        return Read();
    }

    public void Dispose()
    {
        _socket?.Dispose();
        Tool.Run("ip", "link", "del", _name);
        Tool.Run("ip", "netns", "del", _name);
    }

    private Dictionary<int, long> Read()
    {
        Dictionary<int, long> counts = [];
        var priority = 0;
        foreach (var line in Inside("tc", "-s", "filter", "show", "dev", Interface, "ingress").Split('\n'))
        {
            if (Priority().Match(line) is { Success: true } found) priority = int.Parse(found.Groups[1].Value);
            if (Sent().Match(line) is { Success: true } sent) counts[priority] = counts.GetValueOrDefault(priority) + long.Parse(sent.Groups[1].Value);
        }

        return counts;
    }

    private string Inside(params string[] command) => Ip(["netns", "exec", _name, .. command]);

    private static string Ip(params string[] arguments)
    {
        var result = Tool.Run("ip", arguments);
        Assert.True(result.ExitCode == 0, $"ip {string.Join(' ', arguments)}: {result.Errors}");
        return result.Output;
    }

    [GeneratedRegex(@"skbedit mark \S+")]
    private static partial Regex Mark();

    [GeneratedRegex(@"^filter protocol \S+ pref (\d+) ")]
    private static partial Regex Priority();

    [GeneratedRegex(@"^\s*Sent \d+ bytes (\d+) pkt")]
    private static partial Regex Sent();
}
