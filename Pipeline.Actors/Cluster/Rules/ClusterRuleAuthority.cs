using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;
using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Dispatch;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Pipeline.Actors.Cluster.Rules;

/// <summary>
/// Decides which rules are in force in the whole cluster: checks them, numbers them, and writes the register. There is one, on the oldest
/// member that is no witness. What it must not forget is in the register, so that it can begin again on another node.
/// </summary>
/// <remarks>
/// <code>
///   RuleAsk ──> its turn ──> text fetched ──> checked ──RuleHeld──> the node still waits
///                                                                          └──RuleGo──> register written ──RuleReply──>
/// </code>
/// Nothing changes before the node that asked says that it still waits.
/// </remarks>
internal sealed partial class ClusterRuleAuthority : UntypedActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    private readonly ClusterRules _node;
    private readonly IActorRef _replicator;
    private AgreedRules? _agreed;
    private bool _mustBegin;
    private bool _isWriting;

    private ClusterRuleAuthority(ClusterRules node, IActorRef replicator) => (_node, _replicator) = (node, replicator);

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="node">What outlives this actor.</param>
    /// <param name="replicator">Akka's, which has the register.</param>
    public static Props Props(ClusterRules node, IActorRef replicator) =>
        Akka.Actor.Props.CreateBy(new ActorProducer<ClusterRuleAuthority>(() => new ClusterRuleAuthority(node, replicator)));

    protected override void PreStart()
    {
        _replicator.Tell(AgreedRegister.Reading());
        _replicator.Tell(AgreedRegister.Subscription(Self));
        Timers.StartPeriodicTimer("tick", Tick.Instance, Interval);
    }

    protected override void PostStop() => _node.Authority = ActorRefs.Nobody;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case IGetResponse read: OnRead(read); break;
            case ReplicaCount replicas: OnReplicas(replicas.N); break;
            case Changed changed: OnChanged(changed.Get(AgreedRegister.Key)); break;
            case IUpdateResponse written: OnWritten(written); break;
            case Tick: OnTick(); break;
            case ReadAgain: _replicator.Tell(AgreedRegister.Reading()); break;
            case NodeRunsRules node: OnNode(node); break;
            case RuleAsk ask: OnAsk(ask); break;
            case TextFetch.Fetched fetched: OnFetched(fetched); break;
            case Checked result: OnChecked(result); break;
            case RuleGo go: OnGo(go.Id); break;
            default: Unhandled(message); break;
        }
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>
    /// A majority is asked, because this node may be the one that has missed something. If too few answer, they are asked again: rules must
    /// not begin anew because somebody cannot be reached. Most members may be new and have nothing, so then all are asked.
    /// </summary>
    private void OnRead(IGetResponse read)
    {
        if (_agreed is not null) return;
        if (read.IsSuccessful && AgreedRegister.Read(read.Get(AgreedRegister.Key)) is { } agreed) Begin(agreed);
        else if (read.IsFound || read.IsFailure) ReadOnceMore();
        else if (Equals(read.Request, AgreedRegister.OfAll)) _mustBegin = true;
        else _replicator.Tell(Dsl.GetReplicaCount);
    }

    /// <summary>A replicator that has just begun may not know yet who else there is.</summary>
    private void OnReplicas(int replicas)
    {
        if (replicas < _cluster.State.Members.Count(m => m.Status == MemberStatus.Up)) ReadOnceMore();
        else _replicator.Tell(AgreedRegister.ReadingOfAll());
    }

    private void ReadOnceMore() => Timers.StartSingleTimer(ReadAgain.Instance, ReadAgain.Instance, Again);

    private void OnChanged(LWWRegister<string> register)
    {
        if (AgreedRegister.Read(register) is not { } read || (_agreed is not null && _agreed.Stamp() >= read.Stamp())) return;
        _mustBegin = false;
        Begin(read);
    }

    private void Begin(AgreedRules agreed)
    {
        _agreed = agreed;
        if (_node.Authority.Equals(Self)) return;
        _node.Authority = Self;
        Context.ActorSelection("/user/" + RuleFollower.Name).Tell(RuleFollower.Tick.Instance);
        Next();
    }

    private void OnTick()
    {
        if (_mustBegin && _node.Pipeline is { } pipeline)
        {
            _mustBegin = false;
            Begin(AgreedHistory.Begin(pipeline.History));
            Write(_agreed!, null);
        }

        if (_agreed is null || _isWriting) return;
        if (_agreed.AfterDeadline(Now) is { } back && back.IsSound()) Write(back, null);
        ForgetWhoWaitsNoLonger();
    }

    private void OnNode(NodeRunsRules node)
    {
        if (_agreed is null || _isWriting || _agreed.Meet(node) is not { } met) return;
        var isSame = met.Current().Hash == _agreed.Current().Hash;
        _node.Say(!isSame
            ? $"{node.Node} brings rules that another cluster agreed on, generation {node.Runs.Number}, and the higher number wins"
            : $"{node.Node} has used the number {node.Runs.Number}; the cluster's rules are generation {met.Current().Number} from now on");
        Write(met, null);
    }

    /// <param name="next">It must be sound, or nobody could read the register any more.</param>
    private void Write(AgreedRules next, (RuleReply Reply, IActorRef Asker)? answer)
    {
        (_agreed, _isWriting, _answer) = (next, true, answer);
        _replicator.Tell(AgreedRegister.Writing(_cluster, next));
    }

    /// <summary>A write that not all members confirmed in time has happened: it spreads when they can be reached again.</summary>
    private void OnWritten(IUpdateResponse written)
    {
        _isWriting = false;
        if (!written.IsSuccessful && written is not UpdateTimeout) _node.Say($"the register of rules cannot be written: {written}");
        if (_answer is { } answer) Answer(answer.Reply, answer.Asker);
        _answer = null;
        Next();
    }

    private sealed record ReadAgain : ILocalMessage
    {
        public static readonly ReadAgain Instance = new();
    }

    private sealed record Tick : ILocalMessage
    {
        public static readonly Tick Instance = new();
    }
}
