using Akka.Actor;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Control;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Actors.Tests.Dispatch;

/// <summary>Several queues, routers and consumer instances on a thread each, whatever machine this is.</summary>
public sealed class ManyThreadsSpecs
{
    private static readonly UsableCpus Plenty = new([.. Enumerable.Range(0, 64)], 32);

    [Theory]
    [InlineData(Overload.Wait, 4)]
    [InlineData(Overload.DropNew, 4)]
    [InlineData(Overload.DropOld, 3)]
    public async Task Both_directions_of_a_flow_reach_one_instance_and_each_keeps_its_order(Overload overload, int instances)
    {
        var logs = new List<FlowLog>();

        var books = await Run(queues: 3, instances, overload, logs, packetsPerQueue: 30_000);

        Assert.Equal(90_000, books.Received.Packets);
        Assert.Equal(logs.Sum(l => l.Packets), books.Delivered.Packets);
        Assert.True(overload != Overload.Wait || books.Delivered == books.Received);
        Assert.All(logs, log => Assert.Equal(0, log.OutOfOrder));
        Assert.Equal(FlowPackets.Flows, logs.SelectMany(l => l.Flows).Count());
        Assert.True(logs.Count(l => l.Packets > 0) > 1);
    }

    [Fact]
    public async Task A_limit_holds_over_queues_on_threads_of_their_own()
    {
        for (var limit = 1; limit < 2_000; limit += 97)
        {
            var books = await Run(queues: 4, instances: 2, Overload.Wait, [], long.MaxValue, limit);

            Assert.Equal((limit, limit), (books.Received.Packets, books.Delivered.Packets));
        }
    }

    [Fact]
    public async Task While_every_data_thread_and_the_thread_pool_are_busy_Akkas_own_actors_still_answer()
    {
        using var system = ActorSystem.Create("busy", EmbeddedConfig.Load());
        var hog = new Hogging();
        var heartbeat = system.ActorOf(Props.Create(() => new Echo()).WithDispatcher("akka.actor.internal-dispatcher"));
        var control = system.ActorOf(Props.Create(() => new Echo()).WithDispatcher(DispatcherIds.Control));
        foreach (var id in (string[])[DispatcherIds.Intake, DispatcherIds.Delivery]) system.ActorOf(Props.Create(() => new Hog(hog)).WithDispatcher(id));
        for (var i = 0; i < 64; i++) ThreadPool.UnsafeQueueUserWorkItem(_ => hog.Work(), null);

        var answered = await Threads.Start(() =>
        {
            var all = hog.IsEverywhere() && Answers(heartbeat) && Answers(control);
            hog.End();
            return all;
        });

        Assert.True(answered);
    }

    /// <summary>Asks from a thread of its own and waits there, because the pool has none to spare.</summary>
    private static bool Answers(IActorRef actor)
    {
        using var answered = new ManualResetEventSlim();
        actor.Tell(answered);
        return answered.Wait(Runs.Patience);
    }

    private static async Task<LedgerSnapshot> Run(int queues, int instances, Overload overload, List<FlowLog> logs, long packetsPerQueue, long? limit = null)
    {
        var nic = FlowPackets.NicOf(packetsPerQueue, queues);

        var route = new RouteOptions { To = "handler", Overload = overload, Share = 1 };
        var setup = Runs.Setup(nic, [route], ("handler", Make)) with { StopAfterPackets = limit };
        setup = setup with { Options = setup.Options with { Consumers = new Dictionary<string, ConsumerOptions> { ["handler"] = Runs.Bypass("handler", instances) } } };
        var topology = Topology.Build(setup, MarkTable.Compile(setup.Rules));
        topology.Place(Plenty);
        var state = new RunState(stopAfter: null);
        using var system = ActorSystem.Create("many", EmbeddedConfig.Load(topology.Routes.MailboxBundles, topology.Placement));
        system.ActorOf(PipelineRoot.Props(topology, state), "pipeline");

        await state.AtRest.WaitAsync(Runs.Patience);
        nic.Dispose();
        var books = topology.Ledger.Read();
        Assert.True(books.BalancesAtRest, books.ToString());
        Assert.Empty(state.Faults);
        return books;

        IPacketConsumer Make()
        {
            var log = new FlowLog();
            lock (logs) logs.Add(log);
            return new FlowConsumer(log);
        }
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => ((ManualResetEventSlim)message).Set();
    }

    private sealed class Hog(Hogging hogging) : UntypedActor
    {
        protected override void PreStart() => hogging.Work();

        protected override void OnReceive(object message) => Unhandled(message);
    }

    /// <summary>Work that ends when it is told to.</summary>
    private sealed class Hogging
    {
        private int _working;
        private volatile bool _ended;

        public void Work()
        {
            Interlocked.Increment(ref _working);
            while (!_ended) Thread.SpinWait(1000);
        }

        /// <summary>On the two data threads, and on as many of the pool as it starts with.</summary>
        public bool IsEverywhere() => SpinWait.SpinUntil(() => Volatile.Read(ref _working) >= 2 + Environment.ProcessorCount, Runs.Patience);

        public void End() => _ended = true;
    }
}
