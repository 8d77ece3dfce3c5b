using System.Net;
using System.Net.Sockets;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Linux.Tests;

/// <summary>A rule takes everything, and the machine stays reachable.</summary>
public sealed class GuardTests : IDisposable
{
    private static readonly IPEndPoint Dns = new(IPAddress.Parse(TwoHosts.There4), 53);
    private static readonly IPEndPoint Dns6 = new(IPAddress.Parse(TwoHosts.There6), 53);
    private static readonly IPEndPoint Web = new(IPAddress.Parse(TwoHosts.There4), 8000);

    private readonly TemporaryFolder _folder = new();
    private readonly TwoHosts _hosts = null!;

    public GuardTests()
    {
        if (Environment.UserName == "root") _hosts = new TwoHosts();
    }

    public void Dispose()
    {
        _hosts?.Dispose();
        _folder.Dispose();
    }

    [TheoryThatNeeds(Need.Root | Need.Perl)]
    [InlineData("native")]
    [InlineDataWhenLong("generic")]
    public async Task What_this_machine_needs_lives_on_while_a_rule_takes_everything(string mode)
    {
        using var ssh = new Sshd(_hosts.Here, _folder, 22);
        using var other = new Sshd(_hosts.Here, _folder, 2222);
        using var dns = Echo.Udp(_hosts.There, Dns.Address, Dns.Port);
        using var dns6 = Echo.Udp(_hosts.There, Dns6.Address, Dns6.Port);
        using var web = Echo.Tcp(_hosts.There, Web.Address, Web.Port);
        using var session = await Connect(_hosts.There, TwoHosts.Here4, 22);
        Assert.Equal("before", await Echo.Said(session, "before"));

        using var run = LiveRun.Start(_hosts.Here, "--config", Setup.Write(_folder, mode, Setup.All));
        Assert.Contains("ssh (ports 22 2222, by the sockets of sshd)", await run.Says("keep-out"));
        foreach (var host in new[] { _hosts.Here, _hosts.There }) host.Inside("ip", "neigh", "flush", "all");

        Assert.Equal("after", await Echo.Said(session, "after"));
        using var second = await Connect(_hosts.There, TwoHosts.Here4, 2222);
        Assert.Equal("begun later", await Echo.Said(second, "begun later"));
        await AskDns(Dns);
        await AskDns(Dns6);
        using var outgoing = await Connect(_hosts.Here, TwoHosts.There4, Web.Port);
        Assert.Equal("outgoing", await Echo.Said(outgoing, "outgoing"));
        await LearnsPathMtu();
        await GetsDhcp();
        _hosts.Send(Frames.Udp(_hosts, 4000, 9999), 10);
        await run.Shows(s => s.Packets("consumers", "taken") >= 10);

        var report = await run.End();
        Assert.All(["arp", "nd", "icmp-errors", "dhcp", "ssh", "own"], name => Assert.True(report.Packets("guards", name) > 0, name));
        Assert.Equal(0, report.Ledger("dropped"));
    }

    [FactThatNeeds(Need.Root)]
    public async Task Each_guard_that_is_lifted_by_name_lets_its_packets_be_taken_and_that_is_counted()
    {
        const int times = 20;
        using var question = _hosts.Here.Make(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        await question.ConnectAsync(new IPEndPoint(IPAddress.Parse(TwoHosts.There4), 4000));
        var guards = new (string Name, byte[] Packet)[]
        {
            ("arp", Frames.Arp(_hosts)),
            ("nd", Frames.Solicitation(_hosts)),
            ("icmp-errors", Frames.FragmentationNeeded(_hosts, 1400, 1, 2)),
            ("dhcp", Frames.Dhcp(_hosts)),
            ("l2-control", Frames.Lldp(_hosts)),
            ("ssh", Frames.Syn(_hosts, 22)),
            ("own", Frames.Udp(_hosts, 4000, ((IPEndPoint)question.LocalEndPoint!).Port)),
        };
        var configuration = Setup.Write(_folder, "native", Setup.All);
        using var run = LiveRun.Start(_hosts.Here, "--config", configuration);
        await run.IsReady();

        foreach (var (name, packet) in guards)
        {
            var kept = (await run.Snapshot()).Packets("guards", name)!.Value;
            _hosts.Send(packet, times);
            await run.Shows(s => s.Packets("guards", name) >= kept + times);
            Setup.Write(_folder, "native", $"keep-out off {name}\n{Setup.All}");
            run.Signal("HUP");
            await run.Says("in force");

            var taken = (await run.Snapshot()).Packets("rules", "all");
            Assert.Null((await run.Snapshot()).Packets("guards", name));
            _hosts.Send(packet, times);
            await run.Shows(s => s.Packets("rules", "all") >= taken + times);
            await run.Shows(s => s.Packets("consumers", "taken") == s.Packets("rules", "all"));
        }

        await run.End();
    }

    private static async Task<TcpClient> Connect(NetworkNamespace from, string address, int port)
    {
        var client = from.Make(() => new TcpClient(AddressFamily.InterNetwork));
        await client.ConnectAsync(address, port).WaitAsync(Soon.Patience);
        return client;
    }

    /// <summary>From a socket without a peer, as resolvers have them.</summary>
    private async Task AskDns(IPEndPoint server)
    {
        using var socket = _hosts.Here.Make(() => new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        socket.Bind(new IPEndPoint(server.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0));
        await Echo.Answers(socket, server);
    }

    private async Task LearnsPathMtu()
    {
        using var socket = _hosts.Here.Make(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.DontFragment = true;
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(TwoHosts.There4), 4000));
        _hosts.Send(Frames.FragmentationNeeded(_hosts, 1300, ((IPEndPoint)socket.LocalEndPoint!).Port, 4000));
        await Soon.Holds(() => _hosts.Here.Inside("ip", "route", "get", TwoHosts.There4).Contains("mtu 1300", StringComparison.Ordinal));
    }

    private async Task GetsDhcp()
    {
        using var client = _hosts.Here.Make(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        client.EnableBroadcast = true;
        client.Bind(new IPEndPoint(IPAddress.Any, 68));
        var answer = client.ReceiveAsync(new byte[1000]);
        _hosts.Send(Frames.Dhcp(_hosts));
        Assert.Equal(300, await answer.WaitAsync(Soon.Patience));
    }
}
