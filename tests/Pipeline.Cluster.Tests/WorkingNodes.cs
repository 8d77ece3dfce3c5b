using System.Collections.Concurrent;
using System.Net;
using Pipeline.Actors;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Simulated;

namespace Pipeline.Cluster.Tests;

/// <summary>Nodes of one cluster in this process, each with a pipeline: one or more that receive packets, and others that consume them.</summary>
internal sealed class WorkingNodes : IAsyncDisposable
{
    public const string Group = "work";

    private static int s_clusters = 100;

    private readonly int _port = Nodes.FreePort();
    private readonly int _cluster = Interlocked.Increment(ref s_clusters);
    private readonly Dictionary<int, PipelineRun> _runs = [];
    private readonly ConcurrentQueue<string> _said = new();

    /// <summary>Applied to the options of each node that starts from now on.</summary>
    public Func<int, PipelineOptions, PipelineOptions> Change { get; set; } = (_, options) => options;

    /// <summary>The events of all nodes.</summary>
    public IReadOnlyCollection<string> Said => _said;

    public PipelineRun this[int number] => _runs[number];

    /// <summary>Starts a node that consumes.</summary>
    public PipelineRun Consume(int number) => Start(number, ClusterRole.Consumer, new PipelineOptions(), new NoSource());

    /// <summary>Starts a node whose packets all go to the consumers.</summary>
    public PipelineRun Receive(int number, SimulatedOptions sim, params RouteOptions[] routes)
    {
        var source = new SourceOptions { Sim = sim };
        var options = new PipelineOptions { Source = source, Routes = routes.Length > 0 ? routes : [new RouteOptions { To = Group }] };
        return Start(number, ClusterRole.Nic, options, Backends.Open(source));
    }

    /// <summary>Waits until a run shows what it should.</summary>
    public async Task Until(int number, Func<PipelineView, bool> shows)
    {
        var end = DateTime.UtcNow + TimeSpan.FromSeconds(60);
        while (!shows(_runs[number].View()))
        {
            if (DateTime.UtcNow > end) throw new TimeoutException($"n{number} shows {_runs[number].View().Ledger}; said: {string.Join("; ", _said)}");
            await Task.Delay(20);
        }
    }

    /// <summary>The packets that each of these nodes took for others.</summary>
    public long[] Taken(params int[] numbers) =>
        [.. numbers.Select(n => _runs[n].View().Consumers.First(c => c.Name == Group).ForOthers.Packets)];

    public async ValueTask DisposeAsync()
    {
        foreach (var run in _runs.OrderBy(r => r.Key).Select(r => r.Value)) await run.DisposeAsync();
    }

    private PipelineRun Start(int number, ClusterRole role, PipelineOptions options, INic nic)
    {
        var consumers = new Dictionary<string, ConsumerOptions>
        {
            [Group] = new() { Name = Group, Kind = ConsumerKind.Bypass, Handler = "count", On = [new NodeChoice(null, ClusterRole.Consumer)] },
        };
        options = Change(number, options with
        {
            Consumers = consumers,
            Cluster = new ClusterOptions { Name = $"n{number}", Roles = [role], Listen = At(number), Seeds = [At(1), At(2)] },
        });
        var setup = new PipelineSetup { Options = options, Nic = nic, OnEvent = e => _said.Enqueue($"n{number}: {e.Words}") };
        return _runs[number] = PipelineRun.Start(setup);
    }

    private IPEndPoint At(int number) => new(new IPAddress([127, 0, (byte)_cluster, (byte)number]), _port);
}
