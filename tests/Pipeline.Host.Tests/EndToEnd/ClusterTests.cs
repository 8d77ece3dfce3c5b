using System.Text.Json;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.EndToEnd;

/// <summary>Nodes of a cluster, each a process: they find each other, lose each other, and their own packets go on.</summary>
public sealed class ClusterTests : IDisposable
{
    private const int Port = 4053;

    private readonly TemporaryFolder _folder = new();
    private readonly List<RunningProgram> _nodes = [];

    public void Dispose()
    {
        foreach (var node in _nodes) node.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_node_that_was_killed_is_let_in_again_at_once_and_one_that_is_asked_leaves()
    {
        Start(1, "nic, dashboard", "source { sim { rate = 1000, free-running = on } }");
        var second = Start(2, "consumer");
        Start(3, "witness");
        await Until(1, "n1 up reachable, n2 up reachable, n3 up reachable");

        await second.Kill();
        Start(2, "consumer");
        await Until(2, "n1 up reachable, n2 up reachable, n3 up reachable");
        await Until(1, "n1 up reachable, n2 up reachable, n3 up reachable");

        Assert.Equal("n3 was asked to leave; `pipeline cluster show` shows it\n", BuiltProgram.Run("cluster", "leave", "n3", "--node", Url(2)).Output);
        await Until(1, "n1 up reachable, n2 up reachable");
        Assert.StartsWith("n3 was asked to leave, and goes on alone until it is started again\n", BuiltProgram.Run("cluster", "show", "--node", Url(3)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_consumer_that_hangs_goes_on_where_it_was_and_others_take_over_from_one_that_is_killed()
    {
        const string Work = "consumers { work { kind = bypass, handler = count, on = [\"role:consumer\"] } }";
        var second = Start(2, "consumer", Work);
        var first = Start(1, "nic", "source { sim { rate = 2000, free-running = on } }\nroutes = [ { to = work, overload = wait } ]\n" + Work);
        await first.LineWith("cluster: the link to n2 is there");
        second.Signal("STOP");
        await first.LineWith("cluster: the link to n2 broke");
        second.Signal("CONT");
        await first.LineWith("cluster: the link to n2 is back");
        await Until(1, "n1 up reachable, n2 up reachable");

        var third = Start(3, "consumer", Work);
        await first.LineWith("cluster: the link to n3 is there");
        await second.Kill();
        await first.LineWith("cluster: what n2 had not processed goes to others");
        Assert.Contains("to n3  up", BuiltProgram.Run("cluster", "show", "--node", Url(1)).Output, StringComparison.Ordinal);

        first.Signal("INT");
        var (code, errors) = await first.End();
        Assert.True(code == 0, $"{code}: {errors}");
        Assert.Matches("ledger: received ([1-9][0-9]+) = delivered \\1 \\+ passed 0 \\+ dropped 0 \\+ in flight 0, balanced", errors);
        third.Signal("INT");
        Assert.Equal(0, (await third.End()).Code);
    }

    [Fact]
    public async Task The_graph_and_the_actors_of_a_node_show_the_node_that_its_packets_go_to()
    {
        const string Work = "consumers { work { kind = bypass, handler = count, on = [\"role:consumer\"] } }";
        Start(2, "consumer", Work);
        var first = Start(1, "nic", "source { sim { rate = 2000, free-running = on } }\nroutes = [ { to = work, overload = wait } ]\n" + Work);
        await first.LineWith("cluster: the link to n2 is there");

        using var http = new HttpClient();
        using var topology = JsonDocument.Parse(await http.GetStringAsync(Url(1) + "/api/v1/topology"));
        var actors = BuiltProgram.Run("actors", "--node", Url(1)).Output;

        Assert.Superset(
            new HashSet<string?> { "source:sim", "queue:sim:0", "rules", "route:1", "consumer:work", "node:n2" },
            topology.RootElement.GetProperty("nodes").EnumerateArray().Select(n => n.GetProperty("id").GetString()).ToHashSet());
        Assert.Contains(topology.RootElement.GetProperty("edges").EnumerateArray(), e => e.GetProperty("from").GetString() == "consumer:work" && e.GetProperty("to").GetString() == "node:n2" && e.GetProperty("rate").ValueKind == JsonValueKind.Object);
        Assert.Matches("\n/user/[^/\n]+/link-n2-1 +peer-link +up .*keeps the link to n2", actors);
        Assert.Matches("\ncluster:/user/watcher +membership ", actors);
        Assert.Matches("\ncluster:/user/[^ \n]+ +rule-follower ", actors);
    }

    [Fact]
    public async Task A_node_that_is_given_up_loses_none_of_its_own_packets_and_ends_with_balanced_books()
    {
        var first = Start(1, "nic", "source { sim { rate = 1000, free-running = on } }");
        Start(2, "consumer");
        await Until(1, "n1 up reachable, n2 up reachable");

        Assert.Equal(0, BuiltProgram.Run("cluster", "down", "n1", "--node", Url(2)).ExitCode);
        await first.LineWith("cluster: lost the cluster");
        await Until(1, "n1 up reachable, n2 up reachable");

        first.Signal("TERM");
        var (code, errors) = await first.End();
        Assert.True(code == 0, $"{code}: {errors}");
        Assert.Matches("ledger: received [1-9][0-9]+ = delivered 0 \\+ passed [1-9][0-9]+ \\+ dropped 0 \\+ in flight 0, balanced", errors);
        await Until(2, "n2 up reachable");
    }

    [Fact]
    public async Task Rules_that_are_applied_at_one_node_are_in_force_at_another()
    {
        File.WriteAllText(_folder["new.rules"], "rule web filter \"tcp dst port 80\" mark 7\n");
        Start(1, "nic", "source { sim { rate = 1000, free-running = on } }");
        Start(2, "consumer");
        await Until(1, "n1 up reachable, n2 up reachable");
        await Until(2, "n1 up reachable, n2 up reachable");

        var applied = BuiltProgram.Run("rules", "apply", _folder["new.rules"], "--node", Url(2));

        Assert.Equal(0, applied.ExitCode);
        Assert.Matches("generation [0-9]+ is in force on 2 of 2 nodes\n", applied.Output);
        Assert.Equal("rule web filter \"tcp dst port 80\" mark 7\n", BuiltProgram.Run("rules", "list", "--text", "--node", Url(1)).Output);
        Assert.Matches("n2 .* up +[0-9]+ .*this node", BuiltProgram.Run("cluster", "show", "--node", Url(2)).Output);
    }

    [Fact]
    public void A_node_whose_address_is_none_of_this_machine_ends_and_says_so_and_leaves_its_outputs_as_they_are()
    {
        File.WriteAllText(_folder["old.pcapng"], "of another run");
        var file = Configuration(1, "consumer", "routes = [ { to = capture } ]\n consumers { capture { kind = af_packet, write = \"old.pcapng\" } }");
        File.WriteAllText(file, File.ReadAllText(file).Replace($"listen = \"{Address(1)}:{Port}\"", "listen = \"192.0.2.1:4053\"", StringComparison.Ordinal));

        var result = BuiltProgram.Run("run", "--config", file);

        Assert.Equal((69, true), (result.ExitCode, result.Errors.Contains("error: cluster: 192.0.2.1:4053: this machine has no such address", StringComparison.Ordinal)));
        Assert.Equal("of another run", File.ReadAllText(_folder["old.pcapng"]));
    }

    [Theory]
    [InlineData("nic", "", "cluster: the node has the role nic, but no source of packets")]
    [InlineData("consumer", "source { sim { } }", "cluster: the node has a source of packets, but not the role nic")]
    public void Roles_and_source_must_fit(string roles, string inside, string expected)
    {
        var result = BuiltProgram.Run("run", "--config", Configuration(1, roles, inside));

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"error: {expected}\n", result.Errors, StringComparison.Ordinal);
    }

    private RunningProgram Start(int number, string roles, string inside = "")
    {
        var node = RunningProgram.Start("run", "--config", Configuration(number, roles, inside));
        _nodes.Add(node);
        return node;
    }

    private string Configuration(int number, string roles, string inside)
    {
        var file = _folder[$"n{number}.conf"];
        File.WriteAllText(file, $$"""
            pipeline {
              cluster { name = n{{number}}, roles = [{{roles}}], listen = "{{Address(number)}}:{{Port}}", seeds = ["{{Address(1)}}:{{Port}}", "{{Address(2)}}:{{Port}}"], security = plain }
              dashboard { address = "{{Address(number)}}:8480" }
              {{inside}}
            }
            """);
        return file;
    }

    /// <summary>Waits until a node sees these members.</summary>
    private static async Task Until(int number, string expected)
    {
        var end = DateTime.UtcNow + RunningProgram.Patience;
        for (var seen = ""; seen != expected; await Task.Delay(100))
        {
            Assert.True(DateTime.UtcNow < end, $"n{number} sees {seen}; expected {expected}");
            seen = await Members(number);
        }
    }

    private static async Task<string> Members(int number)
    {
        using var http = new HttpClient();
        try
        {
            using var answer = JsonDocument.Parse(await http.GetStringAsync(Url(number) + "/api/v1/cluster"));
            return string.Join(", ", answer.RootElement.GetProperty("members").EnumerateArray().Select(m =>
                $"{m.GetProperty("name").GetString()} {m.GetProperty("status").GetString()} {(m.GetProperty("reachable").GetBoolean() ? "reachable" : "lost")}"));
        }
        catch (HttpRequestException error)
        {
            return error.Message;
        }
    }

    /// <summary>Addresses of this machine that are this process's alone: 127.1.x.y of its id.</summary>
    private static string Address(int number) => $"127.{1 + (Environment.ProcessId >> 14)}.{(Environment.ProcessId >> 6) & 255}.{((Environment.ProcessId & 63) << 2) + number}";

    private static string Url(int number) => $"http://{Address(number)}:8480";
}
