using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Xunit2;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Control;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Queues;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Actors.Tests.Control;

/// <summary>A whole pipeline under a test's own hands: its actors can be reached by their paths.</summary>
public sealed class PipelineRootSpecs : TestKit
{
    private static readonly RouteOptions ToHandler = new() { To = "handler", Overload = Overload.Wait, Share = 1 };

    private readonly RunState _state = new(stopAfter: null);

    public PipelineRootSpecs()
        : base(EmbeddedConfig.Load())
    {
    }

    [Fact]
    public async Task Books_that_do_not_balance_while_running_are_told()
    {
        var (nic, topology, root) = await Start();
        topology.Ledger.Accounts[0].Delivered(1, 64);

        root.Tell(RootProtocol.CheckLedger.Instance);

        await Threads.Eventually(() => _state.Faults.Count == 1);
        Assert.Equal(("ledger", 1), (_state.Faults[0].Where, Assert.IsType<LedgerException>(_state.Faults[0].Error).Books.Delivered.Packets));
        await ToRest(root, nic);
    }

    [Fact]
    public async Task Books_that_balance_are_not_remarked_upon()
    {
        var (nic, topology, root) = await Start();

        root.Tell(RootProtocol.CheckLedger.Instance);
        await Identify(root);

        Assert.Empty(_state.Faults);
        Assert.True(topology.Ledger.Read().BalancesAtRest);
        await ToRest(root, nic);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/reclaimer")]
    [InlineData("/fake:0")]
    [InlineData("/router-fake:0")]
    [InlineData("/handler-0")]
    [InlineData("/stack-0")]
    public async Task A_message_that_an_actor_does_not_know_is_unhandled_and_harmless(string actor)
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        var (nic, topology, root) = await Start();

        Sys.ActorSelection(root.Path + actor).Tell("what is this");

        Assert.Equal("what is this", ExpectMsg<UnhandledMessage>().Message);
        nic[0].IsSilent = false;
        await _state.AtRest.WaitAsync(Runs.Patience);
        nic.Dispose();
        Assert.Empty(_state.Faults);
        Assert.True(topology.Ledger.Read().BalancesAtRest);
        Assert.Equal(1_000, topology.Ledger.Read().Delivered.Packets);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/reclaimer")]
    [InlineData("/fake:0")]
    [InlineData("/nobody")]
    public async Task A_bundle_that_reaches_the_wrong_actor_is_reclaimed(string actor)
    {
        using var source = PacketSource.OneToAPage();
        var (nic, _, root) = await Start();

        Sys.ActorSelection(root.Path + actor).Tell(source.Bundle(0, 0), ActorRefs.NoSender);

        await Threads.Eventually(() => source.Ledger.Read().BalancesAtRest);
        Assert.Equal(2, source.Lost.DroppedTally(DropReason.DeadLetter).Packets);
        await ToRest(root, nic);
    }

    [Fact]
    public async Task A_root_that_fails_ends_the_run_and_says_why()
    {
        var (nic, _, root) = await Start();

        // A queue that the root never heard of.
        root.Tell(new QueueProtocol.Ended(Stranger()));

        await _state.AtRest.WaitAsync(Runs.Patience);
        Assert.Equal("pipeline", Assert.Single(_state.Faults).Where);
        nic.Dispose();
    }

    [Fact]
    public async Task An_abort_asked_for_twice_is_one_abort()
    {
        var (nic, topology, root) = await Start();

        root.Tell(RootProtocol.Abort.Instance);
        root.Tell(RootProtocol.Abort.Instance);

        await _state.AtRest.WaitAsync(Runs.Patience);
        nic.Dispose();
        Assert.True(_state.IsAborted);
        Assert.True(topology.Ledger.Read().BalancesAtRest);
    }

    private static QueueCell Stranger()
    {
        using var nic = new FakeNic(0);
        var setup = Runs.Setup(nic, []);
        return Topology.Build(setup, MarkTable.Compile(setup.Rules)).Queues[0].Queue;
    }

    /// <summary>A pipeline whose actors are all there, and whose source is silent.</summary>
    private async Task<(FakeNic Nic, Topology Topology, IActorRef Root)> Start()
    {
        var nic = new FakeNic(1_000);
        nic[0].IsSilent = true;
        var setup = Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer()));
        var topology = Topology.Build(setup, MarkTable.Compile(setup.Rules));
        var root = Sys.ActorOf(PipelineRoot.Props(topology, _state), "pipeline");
        await Identify(root);
        foreach (var child in (string[])["reclaimer", "fake:0", "router-fake:0", "handler-0", "stack-0"]) await Identify(Sys.ActorSelection(root.Path / child));
        return (nic, topology, root);
    }

    private static async Task Identify(ICanTell actor) =>
        Assert.NotNull((await actor.Ask<ActorIdentity>(new Identify(1)).WaitAsync(Runs.Patience)).Subject);

    private async Task ToRest(IActorRef root, FakeNic nic)
    {
        root.Tell(RootProtocol.Drain.Instance);
        await _state.AtRest.WaitAsync(Runs.Patience);
        nic.Dispose();
    }
}
