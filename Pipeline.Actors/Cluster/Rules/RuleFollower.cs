using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;
using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Dispatch;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Pipeline.Actors.Cluster.Rules;

/// <summary>
/// Has this node's pipeline run what the register says, tells the other members what it runs, hands texts out, and carries this node's
/// requests to the authority. Every member has one.
/// </summary>
internal sealed partial class RuleFollower : UntypedActor, IWithTimers
{
    public const string Name = "rules";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    private readonly ClusterRules _node;
    private AgreedRules? _agreed;
    private Address? _writer;
    private bool _isBusy;
    private bool _isReadable = true;

    /// <summary>The hash of the text that is fetched to come in force; empty for none.</summary>
    private string _fetched = "";

    /// <summary>
    /// The generation that this node cannot run, why, and when another try is worth it; never, for rules that it refuses.
    /// </summary>
    private (int Number, string Why, DateTimeOffset Again) _failed = (0, "", DateTimeOffset.MaxValue);
    private int _failures;

    private RuleFollower(ClusterRules node) => _node = node;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="node">What outlives this actor.</param>
    public static Props Props(ClusterRules node) =>
        Akka.Actor.Props.CreateBy(new ActorProducer<RuleFollower>(() => new RuleFollower(node)));

    /// <summary>The path of the one on another member.</summary>
    public static ActorPath At(Address member) => new RootActorPath(member) / "user" / Name;

    protected override void PreStart()
    {
        DistributedData.Get(Context.System).Replicator.Tell(AgreedRegister.Subscription(Self));
        Timers.StartPeriodicTimer(Name, Tick.Instance, TimeSpan.Zero, Interval);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Changed changed: OnChanged(changed.Get(AgreedRegister.Key)); break;
            case Tick: OnTick(); break;
            case NodeRunsRules node: OnNode(node); break;
            case TextAsk ask: OnTextAsk(ask); break;
            case TextFetch.Fetched fetched: OnFetched(fetched); break;
            case Followed followed: OnFollowed(followed); break;
            case Carry carry: OnCarry(carry.Ask); break;
            case RuleHeld held: OnHeld(held); break;
            case RuleReply reply: _node.OnReply(reply); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>
    /// Akka's proxy for singletons is not used: it keeps requests that were given up meanwhile, and watches an actor of another node.
    /// </summary>
    private void OnCarry(RuleAsk ask)
    {
        var uid = _node.FindAuthority()?.Uid;
        var member = _cluster.State.Members.FirstOrDefault(m => m.UniqueAddress.Uid == uid);
        if (member is null) return;
        Context.ActorSelection(new RootActorPath(member.Address) / "user" / ClusterRules.Manager / ClusterRules.Singleton).Tell(ask, Self);
    }

    private void OnHeld(RuleHeld held)
    {
        if (_node.MayGo(held)) Sender.Tell(new RuleGo { Id = held.Id });
    }

    private void OnNode(NodeRunsRules node)
    {
        if (node.Runs.IsSound() && _node.OnNode(node)) _node.Authority.Tell(node);
    }

    private void OnTextAsk(TextAsk ask)
    {
        var bytes = _node.Texts.BytesOf(ask.Hash) ?? [];
        var offset = Math.Clamp(ask.Offset, 0, bytes.Length);
        var length = Math.Min(bytes.Length - offset, ClusterRules.MostPiece);
        Sender.Tell(new TextPiece { Hash = ask.Hash, Offset = offset, Total = bytes.Length, Bytes = bytes[offset..(offset + length)] });
    }

    private void OnTick()
    {
        Follow();
        Report();
    }

    private void Report()
    {
        if (_node.Pipeline?.History[^1] is not { } runs) return;
        var report = new NodeRunsRules
        {
            Node = _node.Name,
            Uid = _cluster.SelfUniqueAddress.Uid,
            Runs = AgreedHistory.Of(runs),
            IsAgreed = runs.IsAgreed,
            HasAuthority = !_node.Authority.IsNobody(),
            Failed = _failed.Number > runs.Number ? _failed.Number : 0,
            Why = _failed.Number > runs.Number ? _failed.Why : "",
        };
        OnNode(report);
        foreach (var member in Others()) Context.ActorSelection(At(member)).Tell(report);
    }

    private IEnumerable<Address> Others() => _cluster.State.Members
        .Where(m => m.UniqueAddress != _cluster.SelfUniqueAddress && m.Status is not (MemberStatus.Down or MemberStatus.Removed))
        .Except(_cluster.State.Unreachable)
        .Select(m => m.Address);

    /// <summary>To itself: look at what runs here, and tell the others.</summary>
    public sealed record Tick : ILocalMessage
    {
        public static readonly Tick Instance = new();
    }

    /// <summary>From this node: tell the authority.</summary>
    public sealed record Carry(RuleAsk Ask) : ILocalMessage;

    /// <summary>From this node's pipeline: what became of a generation.</summary>
    /// <param name="TakesOver">Whether it comes in the place of other rules that no cluster agreed on.</param>
    private sealed record Followed(AgreedGeneration Entry, RuleChange? Change, string Failure, bool TakesOver) : ILocalMessage;
}
