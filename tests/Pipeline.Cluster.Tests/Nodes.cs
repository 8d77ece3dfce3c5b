using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Pipeline.Actors.Cluster;
using Pipeline.Actors.Configuration;

namespace Pipeline.Cluster.Tests;

/// <summary>Nodes of one cluster over loopback, and what each of them said.</summary>
internal sealed class Nodes : IAsyncDisposable
{
    /// <summary>The first loopback address of a run of the tests. Each cluster has an address for each node, and all have one port.</summary>
    private static int s_clusters;

    private readonly int _port = FreePort();
    private readonly int _cluster = Interlocked.Increment(ref s_clusters);
    private readonly Dictionary<int, ClusterNode> _nodes = [];
    private readonly ConcurrentQueue<string> _said = new();

    /// <summary>Applied to the options of each node that starts from now on.</summary>
    public Func<int, ClusterOptions, ClusterOptions> Change { get; set; } = (_, options) => options;

    public IReadOnlyCollection<string> Said => _said;

    public ClusterNode this[int number] => _nodes[number];

    /// <summary>Starts a node. The first two are the seeds.</summary>
    public ClusterNode Start(int number, params ClusterRole[] roles)
    {
        var options = new ClusterOptions
        {
            Name = $"n{number}",
            Roles = roles.Length == 0 ? [ClusterRole.Consumer] : roles,
            Listen = At(number),
            Seeds = [At(1), At(2)],
        };
        return _nodes[number] = ClusterNode.Start(Change(number, options), new AkkaOptions(), words => _said.Enqueue($"n{number}: {words}"));
    }

    /// <summary>127.0.CLUSTER.NUMBER: all of 127.0.0.0/8 is this machine.</summary>
    public IPEndPoint At(int number) => new(new IPAddress([127, 0, (byte)_cluster, (byte)number]), _port);

    /// <summary>Waits until a node sees what it should.</summary>
    public async Task Until(int number, Func<ClusterView, bool> sees)
    {
        var end = DateTime.UtcNow + TimeSpan.FromSeconds(60);
        while (!sees(_nodes[number].View))
        {
            if (DateTime.UtcNow > end) throw new TimeoutException($"n{number} sees {Words(_nodes[number].View)}; said: {string.Join("; ", _said)}");
            await Task.Delay(20);
        }
    }

    public Task UntilUp(int number, params string[] names) =>
        Until(number, v => v.State == ClusterState.Member && v.Members.Where(m => m is { Status: ClusterMemberStatus.Up, IsReachable: true }).Select(m => m.Name).Order().SequenceEqual(names) && v.Members.Count == names.Length);

    /// <summary>Waits until a node has left.</summary>
    /// <returns>The different views that it had meanwhile.</returns>
    public async Task<IReadOnlyList<ClusterView>> UntilItHasLeft(int number)
    {
        List<ClusterView> seen = [];
        await Until(number, view =>
        {
            if (seen.Count == 0 || Words(seen[^1]) != Words(view)) seen.Add(view);
            return view.State == ClusterState.Left;
        });
        return seen;
    }

    public async Task UntilSaid(string words)
    {
        var end = DateTime.UtcNow + TimeSpan.FromSeconds(60);
        while (!_said.Any(s => s.Contains(words, StringComparison.Ordinal)))
        {
            if (DateTime.UtcNow > end) throw new TimeoutException($"nobody said '{words}', but: {string.Join("; ", _said)}");
            await Task.Delay(20);
        }
    }

    /// <summary>Waits until connections to an address are refused.</summary>
    public static async Task UntilNobodyListens(IPEndPoint at)
    {
        var end = DateTime.UtcNow + TimeSpan.FromSeconds(60);
        while (true)
        {
            using var client = new TcpClient(at.AddressFamily);
            try
            {
                await client.ConnectAsync(at);
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionRefused)
            {
                return;
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
            {
                // It was about to be accepted when the listener went.
            }

            if (DateTime.UtcNow > end) throw new TimeoutException($"somebody listens at {at}");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_nodes.Values.Select(n => n.DisposeAsync().AsTask()));

    private static string Words(ClusterView view) =>
        $"{view.State} {string.Join(", ", view.Members.Select(m => $"{m.Name} {m.Status}{(m.IsReachable ? "" : " unreachable")}"))}";

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
