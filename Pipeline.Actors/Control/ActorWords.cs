using System.Globalization;
using System.Text.Json;
using Akka.Actor;
using Pipeline.Actors.Cluster;
using Pipeline.Actors.Cluster.Rules;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Links;
using Pipeline.Actors.Queues;
using Pipeline.Actors.Routing;

namespace Pipeline.Actors.Control;

/// <summary>Says what an actor of a pipeline is, and what it does now, from what it leaves for others to read. Any thread.</summary>
internal sealed class ActorWords(Topology topology, RunState state, Watchers watchers)
{
    public ActorKind KindOf(IActorRef actor) => actor is ActorRefWithCell { Underlying.Props: { } props } ? KindOf(props.Type) : ActorKind.Other;

    /// <summary>Its place among those of its kind, as the pipeline was put together.</summary>
    public int PlaceOf(IActorRef actor) => KindOf(actor) switch
    {
        ActorKind.Queue => QueueOf(actor),
        ActorKind.Router => RouterOf(actor),
        ActorKind.Consumer => ConsumerOf(actor),
        _ => 0,
    };

    public ActorView Of(IActorRef actor, Props props, string path, string? parent)
    {
        var kind = KindOf(props.Type);
        var failures = state.Failures.Of(actor);
        var bare = new ActorView(path, kind, parent, "running", "", props.Dispatcher) { Restarts = failures.Count, LastFailure = failures.Last };
        return kind switch
        {
            ActorKind.Queue when QueueOf(actor) is >= 0 and var i => Queue(bare, topology.Queues[i].Queue),
            ActorKind.Router when RouterOf(actor) is >= 0 and var i => Router(bare, topology.Queues[i].Router),
            ActorKind.Consumer when ConsumerOf(actor) is >= 0 and var i => Consumer(bare, topology.Consumers[i]),
            ActorKind.PeerLink when topology.Peers.FirstOrDefault(p => p.Link.Equals(actor)) is { } peer => Link(bare, peer),
            ActorKind.Root => Root(bare),
            _ => bare with { Does = WordsOf(kind) },
        };
    }

    private static ActorKind KindOf(Type type) =>
        type == typeof(PipelineRoot) ? ActorKind.Root
        : type == typeof(BundleReclaimer) ? ActorKind.Reclaimer
        : type == typeof(NodeTelemetry) ? ActorKind.Telemetry
        : type == typeof(RuleAgent) ? ActorKind.RuleAgent
        : type == typeof(RuleAuthority) || type == typeof(ClusterRuleAuthority) ? ActorKind.RuleAuthority
        : type == typeof(RuleFollower) ? ActorKind.RuleFollower
        : type == typeof(NicQueueActor) ? ActorKind.Queue
        : type == typeof(RouterActor) ? ActorKind.Router
        : type == typeof(ConsumerActor) ? ActorKind.Consumer
        : type == typeof(PeerLink) ? ActorKind.PeerLink
        : type == typeof(ClusterWatcher) || type == typeof(ClusterPeers) || type == typeof(ClusterScout) ? ActorKind.Membership
        : ActorKind.Other;

    private ActorView Root(ActorView root) => state switch
    {
        { IsAborted: true } => root with { State = "ending", Does = "ends everything now" },
        { IsEnding: true } => root with { State = "draining", Does = "lets everything in flight arrive" },
        _ => root with { Does = "supervises the others, and checks the books once a second" },
    };

    private static ActorView Queue(ActorView actor, QueueCell queue) => actor with
    {
        State = Word(queue.State),
        Does = queue.State switch
        {
            QueueState.Opening => "makes the source ready",
            QueueState.Polling => "takes packets",
            QueueState.Idle => "sleeps until a packet comes",
            QueueState.WaitingForPage => "waits until consumers give a page back",
            QueueState.WaitingForRouter => "waits until its router has routed more",
            QueueState.BackingOff => $"asks the source again after a pause: {queue.Trouble}",
            QueueState.Draining => "gives out what the device had taken",
            _ => "receives nothing any more",
        },
        Bundles = queue.Account.Bundles,
        LastFailure = queue.Fault is { } fault ? FailureWords.Of(fault) : actor.LastFailure,
    };

    private static ActorView Router(ActorView actor, RouterCell router)
    {
        var rules = $"generation {router.Rules.InUse.Generation.ToString(CultureInfo.InvariantCulture)}";
        var waits = router.Mailbox?.IsGated == true;
        return Counted(actor, router.Mailbox) with
        {
            State = waits ? "waiting" : "running",
            Does = waits ? $"waits until a route has room ({rules})" : $"routes packets by {rules}",
        };
    }

    private static ActorView Consumer(ActorView actor, ConsumerInstance instance)
    {
        var (figures, at) = (instance.Figures, instance.Figures.IsPaused ? ConsumerState.Paused : instance.Figures.State);
        return Counted(actor, figures.Mailbox) with
        {
            State = Word(at),
            Does = at switch
            {
                ConsumerState.Starting => "opens its consumer",
                ConsumerState.Running => $"gives bundles to {instance.Group}",
                ConsumerState.Paused => "holds bundles back until it is resumed",
                ConsumerState.BackingOff => "makes its consumer anew after a pause",
                ConsumerState.Failed => "counts the packets that its consumer can take no more",
                _ => "has finished",
            },
            Restarts = figures.Restarts,
            LastFailure = figures.LastFailure is { } failure ? FailureWords.Of(failure) : null,
        };
    }

    private static ActorView Counted(ActorView actor, BundleQueue? mailbox) => mailbox is null ? actor
        : actor with { Mailbox = new MailboxView(mailbox.Depth, mailbox.HighWater, mailbox.OldestAge), Bundles = mailbox.Taken };

    private static ActorView Link(ActorView actor, PeerCell peer) => actor with
    {
        State = Word(peer.State),
        Does = string.Create(CultureInfo.InvariantCulture, $"keeps the link to {peer.Name}; {LinkMeter.OnWire(peer)} packets in flight"),
    };

    private string WordsOf(ActorKind kind) => kind switch
    {
        ActorKind.Reclaimer => "disposes bundles that reached nobody",
        ActorKind.Telemetry => watchers.Count switch
        {
            0 => "keeps the history; nobody watches",
            1 => "keeps the history, and reads the counters for 1 watcher",
            var n => $"keeps the history, and reads the counters for {n} watchers",
        },
        ActorKind.RuleAgent => $"keeps the rules of generation {topology.Rules.InForce.Rules.Generation.ToString(CultureInfo.InvariantCulture)}",
        ActorKind.RuleAuthority => AuthorityWords(),
        ActorKind.RuleFollower => "puts in force what the cluster agrees on",
        ActorKind.Membership => "takes part in the cluster",
        ActorKind.PeerLink => "is about to end",
        _ => "runs",
    };

    private string AuthorityWords()
    {
        var rules = topology.Register.State;
        if (rules.AtWork is not null) return "has rules checked and put in force";
        var newest = rules.History.All[^1];
        return newest.ConfirmBy is { } by
            ? string.Create(CultureInfo.InvariantCulture, $"waits until {by.UtcDateTime:HH:mm:ss} UTC for generation {newest.Number} to be confirmed")
            : "waits for somebody to change the rules";
    }

    private int QueueOf(IActorRef actor) => IndexOf(topology.Queues, q => q.Queue.Queue.Name == actor.Path.Name);

    private int RouterOf(IActorRef actor) => IndexOf(topology.Queues, q => q.Router.Name == actor.Path.Name);

    private int ConsumerOf(IActorRef actor) => IndexOf(topology.Consumers, c => c.Ref.Equals(actor));

    private static int IndexOf<T>(IReadOnlyList<T> all, Func<T, bool> isIt)
    {
        for (var i = 0; i < all.Count; i++)
        {
            if (isIt(all[i])) return i;
        }

        return -1;
    }

    private static string Word<T>(T of)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(of.ToString());
}
