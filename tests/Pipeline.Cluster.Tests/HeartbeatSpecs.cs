using Pipeline.Actors;
using Pipeline.Actors.Configuration;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Simulated;
using Xunit;

namespace Pipeline.Cluster.Tests;

/// <summary>
/// A pipeline at full speed on every data thread and a thread pool that is full do not make a node look dead. Not on Akka's own
/// dispatchers: there the same load does, so what keeps heartbeats going is ours.
/// </summary>
/// <remarks>
/// Under load these tests wait on the thread they have and never on the pool. The neighbour has the threads that we ship in either case,
/// so that its eyes are open whatever the pool does.
/// </remarks>
[Collection(Alone.Name)]
public sealed class HeartbeatSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Three times the pause that hocon/cluster.conf accepts; a node that is silent for it was missed long before.</summary>
    private static readonly TimeSpan LongerThanAcceptable = TimeSpan.FromSeconds(12);

    [Fact]
    public async Task A_busy_data_plane_and_a_full_thread_pool_delay_no_heartbeat()
    {
        using var neighbour = Node.Shipped();
        using var busy = Node.Shipped();
        Assert.True(Node.Joined(neighbour, busy, Patience));
        await using var run = PipelineRun.Start(EndlessTraffic(), busy.System);

        var isMissed = IsMissedUnderLoad([neighbour, busy], run);

        Assert.False(isMissed, string.Join(' ', neighbour.Missed.Concat(busy.Missed)));
    }

    [Fact]
    public async Task On_the_thread_pool_the_same_load_makes_a_node_look_dead()
    {
        using var neighbour = Node.Shipped();
        using var busy = Node.OnTheThreadPool();
        Assert.True(Node.Joined(neighbour, busy, Patience));
        await using var run = PipelineRun.Start(EndlessTraffic(), busy.System);

        Assert.True(IsMissedUnderLoad([neighbour], run));
    }

    /// <summary>Fills the pool while the pipeline runs, for longer than the failure detectors wait or until one of them tells.</summary>
    private static bool IsMissedUnderLoad(IReadOnlyList<Node> watching, PipelineRun run)
    {
        Assert.True(SpinWait.SpinUntil(() => run.View().Ledger.Delivered.Packets > 0, Patience));
        var before = run.View();
        using var pool = new CrowdedPool();

        var told = WaitHandle.WaitAny([.. watching.Select(n => n.MissesSomebody.WaitHandle)], LongerThanAcceptable);

        Assert.True(pool.IsCrowded);
        var after = run.View();
        var (received, delivered) = (after.Ledger.Received.Packets - before.Ledger.Received.Packets, after.Ledger.Delivered.Packets - before.Ledger.Delivered.Packets);
        Assert.True(received > 1000 && delivered > 1000, $"the pipeline received {received} and delivered {delivered} packets under load");
        return told != WaitHandle.WaitTimeout;
    }

    /// <summary>More packets than there is time for on every queue, and a consumer that takes all the time it gets.</summary>
    private static PipelineSetup EndlessTraffic()
    {
        var sim = new SimulatedOptions { FreeRunning = true, Rate = SimulatedOptions.MostRate };
        return new PipelineSetup
        {
            Nic = SimulatedNic.Open(sim),
            Options = new PipelineOptions
            {
                Source = new SourceOptions { Sim = sim },
                Routes = [new RouteOptions { To = "slow" }],
                Consumers = new Dictionary<string, ConsumerOptions> { ["slow"] = new() { Name = "slow", Kind = ConsumerKind.Bypass, Instances = Environment.ProcessorCount } },
            },
            Handlers = new Dictionary<string, Func<IPacketConsumer>> { ["slow"] = () => new Slow() },
        };
    }

    /// <summary>Computes for a while over every batch.</summary>
    private sealed class Slow : IPacketConsumer
    {
        public void Consume(scoped PacketBatch batch) => Thread.SpinWait(1_000);

        public void Flush()
        {
        }

        public void Complete()
        {
        }

        public void Dispose()
        {
        }
    }
}
