using Akka.Actor;
using Akka.Cluster.Tools.Singleton;
using Akka.DistributedData;
using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Configuration;
using Pipeline.Nic.Diagnostics;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Pipeline.Actors.Cluster.Rules;

/// <summary>
/// A node's part in the rules of its cluster. It outlives the actor systems that take part: requests that wait, texts, and what the
/// pipeline runs are here. Any thread.
/// </summary>
/// <param name="name">The node's name.</param>
/// <param name="view">The cluster as the node sees it.</param>
/// <param name="say">Called with an event, on one line.</param>
/// <param name="ended">The node ends. Requests that wait are answered then.</param>
internal sealed partial class ClusterRules(string name, Func<ClusterView> view, Action<string> say, CancellationToken ended)
{
    /// <summary>The most bytes of a piece of a text.</summary>
    public const int MostPiece = 64 * 1024;

    /// <summary>What members have that may have the authority.</summary>
    public const string Role = "rules";

    public const string Manager = "rule-authority";

    /// <summary>The name of the authority under the actor that decides where it is.</summary>
    public const string Singleton = "one";

    private volatile IActorRef _follower = ActorRefs.Nobody;
    private volatile IClusterRules? _pipeline;
    private volatile IActorRef _authority = ActorRefs.Nobody;
    private volatile AgreedRules? _agreed;

    /// <summary>The unique id that this node has in the cluster; 0 before it is a member.</summary>
    private long _uid;

    public string Name => name;

    public RuleTexts Texts { get; } = new();

    /// <summary>The node's own pipeline; null before it runs.</summary>
    public IClusterRules? Pipeline => _pipeline;

    /// <summary>What the cluster agreed on, as this node knows it; null before it knows.</summary>
    public AgreedRules? Agreed => _agreed;

    /// <summary>The authority while it is at work on this node, which it says itself; otherwise nobody.</summary>
    public IActorRef Authority { get => _authority; set => _authority = value; }

    /// <summary>Whether the cluster decides about this node's rules. A node that was asked to leave decides for itself.</summary>
    public bool Govern => view().State != ClusterState.Left;

    public void Say(string words) => say(words);

    /// <summary>From now on the pipeline runs what the cluster agrees on. To be called once.</summary>
    public void Attach(IClusterRules pipeline)
    {
        Texts.Beside(() => pipeline.History.Select(g => g.Text));
        var first = AgreedHistory.Of(pipeline.History[^1]);
        if (first.Bytes > RuleTexts.MostBytes)
            say($"the rules of {Quoted.Of(first.Source)} have {first.Bytes} bytes, and at most {RuleTexts.MostBytes} travel: no other node can have them");
        _pipeline = pipeline;
        _follower.Tell(RuleFollower.Tick.Instance);
        _ = RollBackAlone(pipeline);
    }

    /// <summary>Begins in an actor system that is about to take part in the cluster, as soon as it is a member.</summary>
    /// <remarks>
    /// Not before: until a node that was started again has told the others who it is, they try to reach the one that it was. If their
    /// connection comes first, this node hears nothing of them for good (Akka.Remote 1.5.74). So the less there is to start, the better.
    /// </remarks>
    public void Begin(ActorSystem system, ClusterOptions options)
    {
        (_authority, _follower) = (ActorRefs.Nobody, ActorRefs.Nobody);
        AkkaCluster.Get(system).RegisterOnMemberUp(() => Start(system, options));
    }

    private void Start(ActorSystem system, ClusterOptions options)
    {
        Volatile.Write(ref _uid, AkkaCluster.Get(system).SelfUniqueAddress.Uid);
        if (!options.Is(ClusterRole.Witness))
        {
            var settings = ClusterSingletonManagerSettings.Create(system).WithRole(Role).WithSingletonName(Singleton);
            var authority = ClusterRuleAuthority.Props(this, DistributedData.Get(system).Replicator);
            system.ActorOf(ClusterSingletonManager.Props(authority, PoisonPill.Instance, settings), Manager);
        }

        _follower = system.ActorOf(RuleFollower.Props(this), RuleFollower.Name);
    }

    /// <summary>The register has something new.</summary>
    public void OnAgreed(AgreedRules agreed)
    {
        _agreed = agreed;
        Signal();
    }

    /// <summary>This node's pipeline has put a generation in force.</summary>
    public void OnFollowed(int number, RuleChange change)
    {
        lock (_gate) _followed = (number, change);
        Signal();
    }

    /// <summary>
    /// The deadline is the authority's. A node that has none at that time, perhaps because of these very rules, rolls them back by itself.
    /// </summary>
    private async Task RollBackAlone(IClusterRules pipeline)
    {
        var why = "";
        for (var isOver = false; !isOver && !ended.IsCancellationRequested; await Pause(Retry, ended))
        {
            if (pipeline.History[^1] is not { IsAgreed: true, ConfirmBy: { } by } runs || Now - by < Settling) continue;
            if (FindAuthority() is not null) continue;
            try
            {
                isOver = (await pipeline.RollBackUnconfirmed(runs.Number, Earlier(runs))).Outcome == RuleOutcome.Ended;
            }
            catch (Exception error)
            {
                if (why != error.Message) say($"nobody confirmed generation {runs.Number}, and it cannot be rolled back here: {Quoted.Short(error.Message, 200)}");
                why = error.Message;
            }
        }
    }

    /// <returns>
    /// What the authority would put in force now; null where this node does not know, or does not have its text. It may have come when the
    /// rules in force waited already, and then has none of its own to go back to.
    /// </returns>
    private RuleGeneration? Earlier(RuleGeneration runs) =>
        _agreed is { } agreed && agreed.Current().Number == runs.Number && agreed.AfterDeadline(Now)?.Current() is { } back
        && Texts.Find(back.Hash) is { } text
            ? back.With(text) with { IsAgreed = false }
            : null;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>Ends early, and without an exception, when it is cancelled.</summary>
    private static async Task Pause(TimeSpan time, CancellationToken stop) =>
        await Task.Delay(time > TimeSpan.Zero ? time : TimeSpan.Zero, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
