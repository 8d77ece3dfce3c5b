using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Linux.Tests;

/// <summary>What the rules mark is taken, everything else is the kernel's, on one interface at the same time.</summary>
public sealed class BypassTests : IDisposable
{
    private const int Taken = 9000;
    private const int Kept = 9001;
    private const int Each = 3000;
    private const int Bulk = 50 << 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TheoryThatNeeds(Need.Root | Need.Nftables)]
    [InlineData("native")]
    [InlineData("generic")]
    public async Task A_bulk_transfer_and_one_port_go_through_the_kernel_while_another_port_is_taken(string mode)
    {
        using var hosts = new TwoHosts();
        Count(hosts);
        var rules = $"rule taken {Udp(Taken)} mark 1\nrule kept {Udp(Kept)} mark 2\n";
        using var run = LiveRun.Start(hosts.Here, "--config", Setup.Write(_folder, mode, rules));
        await run.Says($"XDP is {mode}");
        await run.IsReady();

        var transfer = Transfer(hosts);
        var sending = Send(hosts);
        Assert.Equal(Bulk, await transfer.WaitAsync(Soon.Patience));
        await sending.WaitAsync(Soon.Patience);
        var report = await run.End();

        var (taken, kept) = (report.Packets("rules", "taken")!.Value, report.Packets("rules", "kept")!.Value);
        Assert.Equal((0, kept), (Seen(hosts, Taken), Seen(hosts, Kept)));
        Assert.Equal(taken, report.Ledger("delivered") + report.Ledger("dropped"));
        Assert.InRange(taken + kept + report.Ledger("deviceLost"), (2 * Each) - hosts.FarDrops, 2 * Each);
        Assert.True(report.Packets("consumers", "taken") > 0 && kept > 0, run.Errors);
    }

    /// <summary>
    /// All that comes in is sent through a shaper, as is done where traffic of an interface is shaped on its way in: a class for each port.
    /// </summary>
    [TheoryThatNeeds(Need.Root)]
    [InlineData("native")]
    [InlineData("generic")]
    public async Task A_shaper_gets_exactly_the_packets_that_are_not_taken(string mode)
    {
        using var hosts = new TwoHosts();
        using var shaper = new Shaper(hosts.Here, TwoHosts.Near, Taken, Kept);
        var rules = $"rule taken {Udp(Taken)} mark 1\nrule kept {Udp(Kept)} mark 2\n";
        using var run = LiveRun.Start(hosts.Here, "--config", Setup.Write(_folder, mode, rules));
        await run.IsReady();

        await Send(hosts).WaitAsync(Soon.Patience);
        var report = await run.End();

        // What comes back from an ifb the kernel gives to a generic program once more.
        var times = mode == "generic" ? 2 : 1;
        Assert.Equal((0, report.Packets("rules", "kept")!.Value), (shaper.Seen(Taken), times * shaper.Seen(Kept)));
        Assert.True(report.Packets("consumers", "taken") > 0 && shaper.Seen(Kept) > 0, run.Errors);
    }

    private static string Udp(int port) => $"match l3+0:f0:40 l3+9:ff:11 l4+2:ffff:{port:x4}";

    private static void Count(TwoHosts hosts) => hosts.Here.Inside("nft",
        $"add table inet seen; add counter inet seen c{Taken}; add counter inet seen c{Kept}; "
        + "add chain inet seen in { type filter hook prerouting priority -300; }; "
        + $"add rule inet seen in udp dport {Taken} counter name c{Taken}; add rule inet seen in udp dport {Kept} counter name c{Kept}");

    private static long Seen(TwoHosts hosts, int port) =>
        long.Parse(Regex.Match(
            hosts.Here.Inside("nft", "list", "counter", "inet", "seen", $"c{port}"), "packets ([0-9]+)").Groups[1].Value);

    /// <returns>The bytes that arrived and were right.</returns>
    private static async Task<long> Transfer(TwoHosts hosts)
    {
        using var listener = hosts.Here.Make(() => new TcpListener(IPAddress.Parse(TwoHosts.Here4), 5001));
        hosts.Here.Do(listener.Start);
        using var client = hosts.There.Make(() => new TcpClient(AddressFamily.InterNetwork));
        await client.ConnectAsync(TwoHosts.Here4, 5001);
        using var server = await listener.AcceptTcpClientAsync();
        var sending = Task.Run(() => Fill(client));
        var right = 0L;
        var buffer = new byte[1 << 16];
        while (await server.GetStream().ReadAsync(buffer) is > 0 and var read)
        {
            for (var i = 0; i < read; i++) right += buffer[i] == (byte)(right % 251) ? 1 : 0;
        }

        await sending;
        return right;
    }

    private static void Fill(TcpClient client)
    {
        var bytes = new byte[251 << 8];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)(i % 251);
        for (var left = Bulk; left > 0; left -= bytes.Length) client.GetStream().Write(bytes, 0, Math.Min(left, bytes.Length));
        client.Client.Shutdown(SocketShutdown.Send);
    }

    /// <summary>In small bursts, each to both ports in turn.</summary>
    private static async Task Send(TwoHosts hosts)
    {
        using var socket = hosts.There.Make(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        var (taken, kept) = (new IPEndPoint(IPAddress.Parse(TwoHosts.Here4), Taken), new IPEndPoint(IPAddress.Parse(TwoHosts.Here4), Kept));
        using var rhythm = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        for (var sent = 0; sent < Each; sent++)
        {
            socket.SendTo(new byte[100], taken);
            socket.SendTo(new byte[100], kept);
            if (sent % 20 == 0) await rhythm.WaitForNextTickAsync();
        }
    }
}
