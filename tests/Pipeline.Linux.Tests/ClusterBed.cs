using Pipeline.TestSupport;

namespace Pipeline.Linux.Tests;

/// <summary>The nodes of a cluster, each a process on a machine of its own, behind one switch whose ports can be cut.</summary>
internal sealed class ClusterBed : IDisposable
{
    private readonly NetworkNamespace _switch = new();
    private readonly Dictionary<int, NetworkNamespace> _machines = [];
    private readonly Dictionary<int, LiveRun> _nodes = [];
    private readonly Dictionary<int, string> _files = [];
    private readonly TemporaryFolder _folder = new();

    public ClusterBed()
    {
        _switch.Inside("ip", "link", "add", "bridge0", "type", "bridge");
        _switch.Inside("ip", "link", "set", "bridge0", "up");
    }

    /// <summary>The node's process now, by its number from 1 on.</summary>
    public LiveRun this[int number] => _nodes[number];

    /// <summary>What every process said.</summary>
    public string Said => string.Join("\n--\n", _nodes.Values.Select(n => n.Errors));

    public void Dispose()
    {
        foreach (var node in _nodes.Values) node.Dispose();
        foreach (var machine in _machines.Values) machine.Dispose();
        _switch.Dispose();
        _folder.Dispose();
    }

    /// <summary>Starts a node on a machine of its own, which has a port of the switch.</summary>
    /// <param name="inside">What its configuration has beside the cluster.</param>
    public async Task Start(int number, string roles, string inside = "")
    {
        var machine = new NetworkNamespace();
        _machines.Add(number, machine);
        _switch.Inside("ip", "link", "add", $"port{number}", "type", "veth", "peer", "name", "wire0", "netns", machine.Name);
        _switch.Inside("ip", "link", "set", $"port{number}", "master", "bridge0", "up");
        machine.Inside("ip", "addr", "add", $"10.78.0.{number}/24", "dev", "wire0");
        machine.Inside("ip", "link", "set", "wire0", "up");
        _files[number] = _folder[$"n{number}.conf"];
        await File.WriteAllTextAsync(_files[number], $$"""
            pipeline {
              cluster { name = n{{number}}, roles = [{{roles}}], listen = "10.78.0.{{number}}:4053", seeds = ["10.78.0.1:4053", "10.78.0.2:4053"], security = plain }
              {{inside}}
            }
            """);
        await StartAgain(number);
    }

    /// <summary>Starts a node that has ended once more, with its configuration.</summary>
    public async Task StartAgain(int number)
    {
        if (_nodes.Remove(number, out var before)) before.Dispose();
        _nodes[number] = LiveRun.Start(_machines[number], "--config", _files[number]);
        await _nodes[number].Says("dashboard ");
    }

    /// <summary>Pulls a node's wire out of the switch, or puts it in again.</summary>
    public void Wire(int number, bool isIn) => _switch.Inside("ip", "link", "set", $"port{number}", isIn ? "up" : "down");

    /// <summary>Waits until each of them has heard that all are up. Who has not does not count itself among the majority.</summary>
    public Task AllAreUp()
    {
        var names = string.Join(", ", _nodes.Keys.Order().Select(n => $"n{n}"));
        return Task.WhenAll(_nodes.Keys.Select(node => Sees(node, names)));
    }

    /// <summary>Waits until a node is a member beside these, all of them up and reachable.</summary>
    public Task Sees(int number, string expected) => Soon.Holds(async () =>
    {
        var cluster = await _nodes[number].Get("/api/v1/cluster");
        var members = cluster.GetProperty("members").EnumerateArray().ToList();
        return cluster.GetProperty("state").GetString() == "member" && string.Join(", ", members.Select(m => m.GetProperty("name").GetString())) == expected
            && members.All(m => m.GetProperty("reachable").GetBoolean() && m.GetProperty("status").GetString() == "up");
    }, () => Said);
}
