using Akka.Actor;
using Akka.Cluster.Tools.Singleton;
using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Configuration;
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
    private volatile AgreedRules? _agreed;
    private volatile bool _hasAuthority;

    public string Name => name;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public RuleTexts Texts { get; } = new();

    /// <summary>The node's own pipeline; null before it runs.</summary>
    public IClusterRules? Pipeline => _pipeline;

    /// <summary>What the cluster agreed on, as this node knows it; null before it knows.</summary>
    public AgreedRules? Agreed => _agreed;

    /// <summary>Whether the authority is at work on this node. The authority sets it.</summary>
    public bool HasAuthority { get => _hasAuthority; set => _hasAuthority = value; }

    /// <summary>Whether the cluster decides about this node's rules. A node that was asked to leave decides for itself.</summary>
    public bool Govern => view().State != ClusterState.Left;

    public void Say(string words) => say(words);

    /// <summary>From now on the pipeline runs what the cluster agrees on. To be called once.</summary>
    public void Attach(IClusterRules pipeline)
    {
        Texts.Add(pipeline.History[^1].Text);
        _pipeline = pipeline;
        _follower.Tell(RuleFollower.Tick.Instance);
    }

    /// <summary>Begins in an actor system that is about to take part in the cluster, as soon as it is a member.</summary>
    /// <remarks>
    /// Not before: until a node that was started again has told the others who it is, they try to reach the one that it was. If their
    /// connection comes first, this node hears nothing of them for good (Akka.Remote 1.5.74). So the less there is to start, the better.
    /// </remarks>
    public void Begin(ActorSystem system, ClusterOptions options)
    {
        (_hasAuthority, _follower) = (false, ActorRefs.Nobody);
        AkkaCluster.Get(system).RegisterOnMemberUp(() => Start(system, options));
    }

    private void Start(ActorSystem system, ClusterOptions options)
    {
        if (!options.Is(ClusterRole.Witness))
        {
            var settings = ClusterSingletonManagerSettings.Create(system).WithRole(Role).WithSingletonName(Singleton);
            system.ActorOf(ClusterSingletonManager.Props(ClusterRuleAuthority.Props(this), PoisonPill.Instance, settings), Manager);
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
        if (_pipeline!.History[^1] is { ConfirmBy: { } by } waiting && waiting.Number == number) _ = RollBackAlone(_pipeline, number, by);
    }

    /// <summary>
    /// The deadline is the authority's. A node that has none at that time, perhaps because of these very rules, rolls them back by itself.
    /// </summary>
    private async Task RollBackAlone(IClusterRules pipeline, int number, DateTimeOffset by)
    {
        for (var wait = by - Clock.GetUtcNow() + Settling; !ended.IsCancellationRequested; wait = Settling)
        {
            await Pause(wait, ended);
            if (pipeline.History[^1] is not { ConfirmBy: not null } runs || runs.Number != number) return;
            if (AuthorityOf(view()) is null) await pipeline.RollBackUnconfirmed(number);
        }
    }

    /// <summary>Ends early, and without an exception, when it is cancelled.</summary>
    private async Task Pause(TimeSpan time, CancellationToken stop) =>
        await Task.Delay(time > TimeSpan.Zero ? time : TimeSpan.Zero, Clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
