using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Linux.Tests;

/// <summary>
/// Three nodes of a cluster, each a process on a machine of its own, behind one switch. Nothing else is tested meanwhile: packet floods of
/// other tests would keep heartbeats from these processes, and nodes would lose each other that should not. <c>PIPELINE_LONG_TESTS=1</c>
/// also has a node hang until it is given up.
/// </summary>
[Collection(Alone.Name)]
public sealed class ClusterTests : IDisposable
{
    private readonly NetworkNamespace _switch = new();
    private readonly List<NetworkNamespace> _machines = [];
    private readonly List<LiveRun> _nodes = [];
    private readonly TemporaryFolder _folder = new();

    public ClusterTests()
    {
        _switch.Inside("ip", "link", "add", "bridge0", "type", "bridge");
        _switch.Inside("ip", "link", "set", "bridge0", "up");
    }

    public void Dispose()
    {
        foreach (var node in _nodes) node.Dispose();
        foreach (var machine in _machines) machine.Dispose();
        _switch.Dispose();
        _folder.Dispose();
    }

    [FactThatNeeds(Need.Root)]
    public async Task Who_is_cut_off_keeps_its_own_packets_and_is_a_member_again_when_the_network_is_whole()
    {
        await Start("nic", "source { sim { rate = 1000, free-running = on } }");
        await Start("consumer");
        await Start("witness");
        await AllAreUp();

        _switch.Inside("ip", "link", "set", "port1", "down");
        await Sees(1, "n2, n3");
        await _nodes[0].Says("cluster: lost the cluster");
        _switch.Inside("ip", "link", "set", "port1", "up");

        await AllAreUp();
        var report = await _nodes[0].End();
        var ledger = report.GetProperty("ledger");
        Assert.Equal(0, ledger.GetProperty("dropped").GetProperty("packets").GetInt64());
        Assert.Equal(ledger.GetProperty("received").GetProperty("packets").GetInt64(), ledger.GetProperty("passed").GetProperty("packets").GetInt64());
        Assert.All(report.GetProperty("queues").EnumerateArray(), q => Assert.Equal(0, q.GetProperty("deviceLost").GetProperty("packets").GetInt64()));
    }

    [FactThatNeeds(Need.Root)]
    public async Task Who_hangs_for_a_short_while_stays_and_who_hangs_for_long_is_given_up_and_joins_anew()
    {
        await Start("nic, dashboard", "source { sim { rate = 1000, free-running = on } }");
        await Start("consumer");
        await Start("witness");
        await AllAreUp();

        _nodes[1].Signal("STOP");
        await _nodes[0].Says("cluster: n2 cannot be reached");
        _nodes[1].Signal("CONT");
        await _nodes[0].Says("cluster: n2 is reachable again");

        if (Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") != "1") return;
        _nodes[1].Signal("STOP");
        await _nodes[0].Says("cluster: n2 was given up");
        _nodes[1].Signal("CONT");
        await _nodes[1].Says("cluster: lost the cluster");
        await AllAreUp();
        await _nodes[0].End();
    }

    /// <summary>Starts the next node on the next machine, which has a port of the switch.</summary>
    private async Task Start(string roles, string inside = "")
    {
        var number = _machines.Count + 1;
        var machine = new NetworkNamespace();
        _machines.Add(machine);
        _switch.Inside("ip", "link", "add", $"port{number}", "type", "veth", "peer", "name", "wire0", "netns", machine.Name);
        _switch.Inside("ip", "link", "set", $"port{number}", "master", "bridge0", "up");
        machine.Inside("ip", "addr", "add", $"10.78.0.{number}/24", "dev", "wire0");
        machine.Inside("ip", "link", "set", "wire0", "up");
        var file = _folder[$"n{number}.conf"];
        await File.WriteAllTextAsync(file, $$"""
            pipeline {
              cluster { name = n{{number}}, roles = [{{roles}}], listen = "10.78.0.{{number}}:4053", seeds = ["10.78.0.1:4053", "10.78.0.2:4053"], security = plain }
              {{inside}}
            }
            """);
        _nodes.Add(LiveRun.Start(machine, "--config", file));
        await _nodes[^1].Says("dashboard ");
    }

    /// <summary>Waits until each of the three has heard that all are up. Who has not does not count itself among the majority.</summary>
    private Task AllAreUp() => Task.WhenAll(Enumerable.Range(0, 3).Select(node => Sees(node, "n1, n2, n3")));

    /// <summary>Waits until a node is a member beside these, all of them up and reachable.</summary>
    private Task Sees(int node, string expected) => Soon.Holds(async () =>
    {
        var cluster = await _nodes[node].Get("/api/v1/cluster");
        var members = cluster.GetProperty("members").EnumerateArray().ToList();
        return cluster.GetProperty("state").GetString() == "member" && string.Join(", ", members.Select(m => m.GetProperty("name").GetString())) == expected
            && members.All(m => m.GetProperty("reachable").GetBoolean() && m.GetProperty("status").GetString() == "up");
    }, () => string.Join('\n', _nodes.Select(n => n.Errors)));
}
