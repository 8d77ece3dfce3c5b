using Akka.Actor;
using Pipeline.Actors.Cluster;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Delivery.Handlers;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Links;
using Pipeline.Actors.Queues;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;

namespace Pipeline.Actors.Control;

/// <summary>
/// Supervises everything, checks the books once a second, and brings the pipeline to rest in order: queues end, routers send on what they
/// have, consumers finish, and only then does anything stop.
/// </summary>
/// <remarks>
/// <code>
///   Running ── a queue ended, Drain ──> its router drains ── all drained ──> consumers complete ── all done ──> Stopping
///      └──────────────────────────────────── Abort ─────────────────────────────────────────────────────────>──┘
/// </code>
/// Stopping ends queues, routers and consumers in that order, so that each sends to an actor that is still there.
/// </remarks>
internal sealed partial class PipelineRoot : UntypedActor, IWithTimers
{
    private const string LedgerTimer = "ledger";
    private const string DurationTimer = "duration";
    private const string DrainTimer = "drain";
    private const string AbortTimer = "abort";
    private static readonly TimeSpan LedgerInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AbortPatience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CutPatience = TimeSpan.FromSeconds(2);

    private readonly Topology _topology;
    private readonly RunState _state;
    private readonly ClusterNode? _cluster;
    private readonly Props? _telemetry;
    private readonly Dictionary<QueueCell, IActorRef> _routerOf = [];
    private readonly Queue<List<IActorRef>> _layers = [];
    private readonly List<IActorRef> _queues = [];
    private readonly List<IActorRef> _routers = [];
    private readonly List<IActorRef> _consumers = [];
    private readonly HashSet<IActorRef> _stopping = [];
    private IActorRef _agent = ActorRefs.Nobody;
    private IActorRef _authority = ActorRefs.Nobody;
    private int _routersAtWork;
    private string _mailbox = BundleMailbox.Id;

    private PipelineRoot(Topology topology, RunState state, Props? telemetry, ClusterNode? cluster)
    {
        _cluster = cluster;
        _topology = topology;
        _state = state;
        _telemetry = telemetry;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="telemetry">The props of a <see cref="NodeTelemetry"/> to run beside the other actors; null for none.</param>
    /// <param name="cluster">This node's part in its cluster; null for none.</param>
    public static Props Props(Topology topology, RunState state, Props? telemetry = null, ClusterNode? cluster = null) =>
        Akka.Actor.Props.CreateBy(new ActorProducer<PipelineRoot>(() => new PipelineRoot(topology, state, telemetry, cluster)))
            .WithDispatcher(DispatcherIds.Control);

    /// <summary>A router or a consumer that throws is restarted and continues with its mailbox. A consumer does its own back-off.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new RestartStrategy(_state.Failures);

    protected override void PreStart()
    {
        Context.ActorOf(BundleReclaimer.Props(), "reclaimer");
        _mailbox = BundleMailbox.Sized(Context.System, _topology.Routes.MailboxBundles);
        if (_telemetry is not null) Context.ActorOf(_telemetry, "telemetry");
        _agent = Context.ActorOf(RuleAgent.Props(_topology.Rules), "rule-agent");
        _authority = Context.ActorOf(RuleAuthority.Props(_topology.Register, _agent), "rules");
        foreach (var consumer in _topology.Consumers) StartConsumer(consumer);
        foreach (var (queue, router) in _topology.Queues)
        {
            queue.Router = Context.ActorOf(RouterActor.Props(router).WithMailbox(_mailbox), router.Name);
            _routers.Add(queue.Router);
            _routerOf.Add(queue, queue.Router);
        }

        _routersAtWork = _routers.Count;
        JoinPeers();
        TryStartSource();

        Timers.StartPeriodicTimer(LedgerTimer, RootProtocol.CheckLedger.Instance, LedgerInterval);
        if (_state.StopAfter is { } duration) Timers.StartSingleTimer(DurationTimer, RootProtocol.Drain.Instance, duration);
        Become(Running);
    }

    /// <summary>
    /// A fault of the root itself ends the run, whatever the supervision strategy of the system: without its root a pipeline has no books.
    /// </summary>
    protected override bool AroundReceive(Receive receive, object message)
    {
        try
        {
            return base.AroundReceive(receive, message);
        }
        catch (Exception error)
        {
            _state.AddFault("pipeline", error);
            Context.Stop(Self);
            return true;
        }
    }

    /// <summary>
    /// Others may stop the root, as when a system is terminated. What was in flight is then written off. Every actor of the pipeline has
    /// stopped by now, some of them while others still sent to them, so some bundles reached nobody.
    /// </summary>
    protected override void PostStop()
    {
        _topology.Door?.Dispose();
        if (_state.AtRest.IsCompleted) return;
        _state.IsAborted = true;
        WriteOff((bundles, reason) => bundles.ReclaimAll(reason));
        _state.Rest();
    }

    protected override void OnReceive(object message) => Unhandled(message);

    private void Running(object message)
    {
        switch (message)
        {
            case QueueProtocol.Ended ended: OnQueueEnded(ended.Queue); break;
            case QueueProtocol.Troubled troubled: OnSource(PipelineEventKind.SourceDown, troubled.Queue, troubled.Why); break;
            case QueueProtocol.Recovered recovered: OnSource(PipelineEventKind.SourceBack, recovered.Queue, "gives packets again"); break;
            case RouterProtocol.Drained: OnRouterDrained(); break;
            case RouterProtocol.Moved moved: OnMoved(moved.Group); break;
            case PeerProtocol.IForRoot peers: OnPeer(peers); break;
            case RootProtocol.Order order: OnOrder(order); break;
            case Terminated gone: OnLeft(gone.ActorRef); break;
            case ConsumerProtocol.Restarted restarted: OnRestarted(restarted.Consumer); break;
            case ConsumerProtocol.Completed completed: OnConsumerCompleted(completed.Consumer); break;
            case ConsumerProtocol.OutputFailed failed: OnOutputFailed(failed); break;
            case ConsumerProtocol.Restarting restarting: OnRestarting(restarting); break;
            case RuleProtocol.Request request: _authority.Forward(request); break;
            case RuleProtocol.RoutesOffered offered: OnRoutesOffered(offered.Generation); break;
            case RuleProtocol.Changed changed: OnRulesChanged(changed); break;
            case RouterProtocol.RoutesTaken taken: OnRoutesTaken(taken.Generation); break;
            case RootProtocol.CheckLedger: OnCheckLedger(); break;
            case RootProtocol.HandlerThrew threw: OnHandlerThrew(threw.Fault); break;
            case RootProtocol.Drain: DrainInTime(); break;
            case RootProtocol.DrainDeadline: OnDrainDeadline(); break;
            case RootProtocol.Abort: OnAbort(); break;
            default: Unhandled(message); break;
        }
    }

    private void Stopping(object message)
    {
        switch (message)
        {
            case Terminated terminated: OnTerminated(terminated.ActorRef); break;
            case ConsumerProtocol.OutputFailed failed: _state.AddFault(failed.Consumer.Group, failed.Error); break;
            case ConsumerProtocol.Restarting restarting: OnRestarting(restarting); break;
            case RootProtocol.Abort: OnAbort(); break;
            case RootProtocol.AbortDeadline: Rest(); break;
            case RuleProtocol.Request: Sender.Tell(RulesEnded); break;
            case RuleProtocol.Changed changed: OnRulesChanged(changed); break;
            case RootProtocol.Order: Sender.Tell(OrderAnswer.Ended); break;
            case QueueProtocol.Troubled or QueueProtocol.Recovered or QueueProtocol.Ended
                or PeerProtocol.IForRoot
                or RouterProtocol.Drained or RouterProtocol.Moved or RouterProtocol.RoutesTaken or RuleProtocol.RoutesOffered
                or ConsumerProtocol.Completed or ConsumerProtocol.Restarted
                or RootProtocol.CheckLedger or RootProtocol.Drain or RootProtocol.DrainDeadline or RootProtocol.HandlerThrew: break;
            default: Unhandled(message); break;
        }
    }

    private void OnQueueEnded(QueueCell queue)
    {
        if (queue.Fault is { } fault)
        {
            _state.AddFault(queue.Queue.Name, fault);

            // Nobody reads what the device goes on taking for this queue, and the normal stack would never have it.
            if (_topology.TakesFromStack) DrainInTime();
        }

        _routerOf[queue].Tell(RouterProtocol.Drain.Instance);

        // A queue that waits for its device would not notice by itself that no more packets are wanted.
        if (_topology.Selection.IsComplete) OnDrain();
    }

    private RuleProtocol.Answer RulesEnded =>
        new(new RuleChange { Outcome = RuleOutcome.Ended, Generation = _topology.Rules.InForce.Rules.Generation });

    private void OnRulesChanged(RuleProtocol.Changed changed) => _state.Events.Add(
        new PipelineEvent(0, default, PipelineEventKind.RulesChanged, "rules", changed.Words) { Who = changed.Who, Generation = changed.Generation });

    private void OnSource(PipelineEventKind kind, QueueCell queue, string words) => _state.Events.Add(kind, queue.Queue.Name, words);

    private void OnRouterDrained()
    {
        if (--_routersAtWork > 0) return;
        _state.IsEnding = true;
        TryComplete();
    }

    private void OnOutputFailed(ConsumerProtocol.OutputFailed failed)
    {
        // All instances of a group have the same options, and report the same fault about them.
        var isFinal = failed.Error is HandlerOptionException or ConsumerFailedException;
        if (!isFinal || !_state.Faults.Any(f => f.Error.Message == failed.Error.Message))
            _state.AddFault(failed.Consumer.Group, failed.Error);
        if (isFinal || failed.Consumer.Options.EndsRunOnFailure) DrainInTime();
    }

    private void OnRestarting(ConsumerProtocol.Restarting restarting) =>
        _state.Events.Add(PipelineEventKind.HandlerFailed, restarting.Consumer.Group, FailureWords.Of(restarting.Error), restarting.Error);

    private void OnCheckLedger()
    {
        if (_topology.Rules.HasEarlier) _agent.Tell(RuleProtocol.LetGo.Instance);
        _topology.Released.Sweep(_topology.Rules.InForce.Rules.Generation);
        var books = _topology.Ledger.Read();
        if (!books.BalancesRunning) _state.AddFault("ledger", new LedgerException(books));
        foreach (var loss in _state.Losses.Look(books, Context.System.Scheduler.Now)) _state.Events.Add(loss);
    }

    private void OnAbort()
    {
        if (!_state.IsAborted) _state.Events.Add(PipelineEventKind.Ending, "pipeline", "ends now; what is in flight is dropped");
        _state.IsAborted = true;
        EndNow(AbortPatience);
    }

    /// <summary>
    /// Nothing more arrives: the bundles in mailboxes are dropped as their actors stop, and an actor that does not stop soon is left
    /// behind.
    /// </summary>
    private void EndNow(TimeSpan patience)
    {
        Timers.StartSingleTimer(AbortTimer, RootProtocol.AbortDeadline.Instance, patience);
        foreach (var consumer in _topology.Consumers)
        {
            if (consumer.Figures.Mailbox is { } mailbox) mailbox.ReclaimReason = DropReason.Shutdown;
        }

        if (_stopping.Count == 0) Stop();
    }

    /// <summary>
    /// Finds the consumers that a fault belongs to. The stack shows the class of a consumer, or at least its assembly; then all consumers
    /// from that assembly are meant. It never shows which of a consumer's instances it was.
    /// </summary>
    private void OnHandlerThrew(HandlerFault fault)
    {
        var suspects = _topology.Consumers.Where(c => fault.IsFrom(c.Options.HandlerAssembly)).ToList();
        var named = suspects.Where(c => c.Figures.Current is { } handler && fault.Types.Contains(handler.GetType())).ToList();
        foreach (var suspect in named.Count > 0 ? named : suspects) suspect.Ref.Tell(new ConsumerProtocol.FailedElsewhere(fault.Error));
    }
}
