using Akka.Actor;
using Akka.TestKit.Xunit2;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Control;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Actors.Tests.Telemetry;

/// <summary>The actors that a pipeline consists of, as it tells of them.</summary>
public sealed class ActorTreeSpecs : TestKit
{
    private static readonly RouteOptions ToHandler = new() { To = "handler" };

    [Fact]
    public async Task A_consumer_that_failed_tells_how_often_and_with_what()
    {
        var nic = new FakeNic(long.MaxValue);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => throw new InvalidOperationException("no luck"))));

        ActorView consumer;
        do
        {
            consumer = run.Actors().Actors.FirstOrDefault(a => a.Path == "/user/pipeline/handler-0") ?? new ActorView("", ActorKind.Other, null, "", "", "");
        }
        while (consumer.Restarts == 0 || consumer.State != "backing-off");

        Assert.Equal((ActorKind.Consumer, "InvalidOperationException: no luck", "makes its consumer anew after a pause"), (consumer.Kind, consumer.LastFailure, consumer.Does));
        Assert.NotNull(consumer.Mailbox);
    }

    [Fact]
    public async Task Queues_and_routers_stand_in_the_order_of_the_device()
    {
        var nic = new FakeNic(long.MaxValue, queues: 12);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));
        await Threads.Eventually(() => run.Actors().Actors.Count(a => a.Kind == ActorKind.Queue) == 12);

        var actors = run.Actors().Actors;

        Assert.Equal(nic.Queues.Select(q => $"/user/pipeline/{q.Name}"), actors.Where(a => a.Kind == ActorKind.Queue).Select(a => a.Path));
        Assert.Equal(nic.Queues.Select(q => $"/user/pipeline/router-{q.Name}"), actors.Where(a => a.Kind == ActorKind.Router).Select(a => a.Path));
        Assert.Equal(actors.Select(a => a.Path), run.Actors().Actors.Select(a => a.Path));
    }

    [Fact]
    public async Task A_run_that_lives_in_another_system_tells_of_its_own_actors_alone()
    {
        var nic = new FakeNic(long.MaxValue);
        Sys.ActorOf(Akka.Actor.Props.Empty, "somebody-else");
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())) with { Name = "edge" }, Sys);
        await Threads.Eventually(() => run.Actors().Actors.Count > 1);

        Assert.All(run.Actors().Actors, a => Assert.StartsWith("/user/edge", a.Path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_actor_that_is_restarted_is_counted_with_its_failure()
    {
        var failures = new ActorFailures();
        var parent = Sys.ActorOf(Akka.Actor.Props.Create(() => new Parent(failures, 1)));
        parent.Tell("go");

        await Threads.Eventually(() => failures.Of(ChildOf(parent)).Count == 1);

        Assert.Equal((1, "InvalidOperationException: what is go?"), (failures.Of(ChildOf(parent)).Count, failures.Of(ChildOf(parent)).Last));
        Assert.Equal(0, failures.Of(parent).Count);
    }

    [Fact]
    public async Task Of_too_many_actors_the_rest_is_counted()
    {
        using var nic = new FakeNic(1);
        var topology = Topology.Build(new PipelineSetup { Options = new PipelineOptions(), Nic = nic }, MarkTable.Compile(RuleSet.Empty));
        var words = new ActorWords(topology, new RunState(null), new Watchers());
        var parent = Sys.ActorOf(Akka.Actor.Props.Create(() => new Parent(new ActorFailures(), ActorsView.Most + 9)));

        await Threads.Eventually(() => ActorTree.Read(parent, null, words) is { LeftOut: 10, Actors.Count: ActorsView.Most });
    }

    private static IActorRef ChildOf(IActorRef parent) => ((ActorRefWithCell)parent).GetSingleChild("0");

    private sealed class Parent(ActorFailures failures, int children) : UntypedActor
    {
        private readonly List<IActorRef> _children = [];

        protected override SupervisorStrategy SupervisorStrategy() => new RestartStrategy(failures);

        protected override void PreStart()
        {
            for (var i = 0; i < children; i++) _children.Add(Context.ActorOf(Akka.Actor.Props.Create(() => new Child()), $"{i}"));
        }

        protected override void OnReceive(object message) => _children[0].Tell(message);
    }

    private sealed class Child : UntypedActor
    {
        protected override void OnReceive(object message) => throw new InvalidOperationException($"what is {message}?");
    }
}
