namespace Pipeline.Actors.Telemetry;

/// <summary>The actors that a pipeline consists of at one moment.</summary>
/// <param name="SampledAt">When they were counted.</param>
/// <param name="Actors">
/// Each behind its parent; the children of one in the order of their kinds, then of their queues or consumers, then of their names. Empty
/// once the run has ended, but for actors that were left behind.
/// </param>
/// <param name="LeftOut">Actors that there are besides, because no more than <see cref="Most"/> are told of.</param>
public sealed record ActorsView(DateTimeOffset SampledAt, IReadOnlyList<ActorView> Actors, int LeftOut)
{
    /// <summary>The most actors that a view has.</summary>
    public const int Most = 4096;
}

/// <summary>One actor.</summary>
/// <param name="Path">Its path in its actor system, such as <c>/user/pipeline/router-eth0:0</c>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Parent">The path of its supervisor, where that is an actor of the pipeline, too; else null.</param>
/// <param name="State">The state that it is in, in a word, such as <c>running</c>.</param>
/// <param name="Does">What it does now, on one line.</param>
/// <param name="Dispatcher">The id of its dispatcher; those of queues, routers and consumers have one thread each.</param>
public sealed record ActorView(string Path, ActorKind Kind, string? Parent, string State, string Does, string Dispatcher)
{
    /// <summary>Whether it is in the actor system that takes part in the cluster, not in that of the packets.</summary>
    public bool IsOfCluster { get; init; }

    /// <summary>The bundles that wait for it; null for an actor whose mailbox does not count them.</summary>
    public MailboxView? Mailbox { get; init; }

    /// <summary>
    /// Bundles that a queue filled, or that a router or consumer took out of its mailbox since that was made; null for all other actors.
    /// </summary>
    public long? Bundles { get; init; }

    /// <summary>How often it was restarted; of a consumer, how often that was replaced.</summary>
    public int Restarts { get; init; }

    /// <summary>What it failed with the last time, on one line; null if it never has.</summary>
    public string? LastFailure { get; init; }

    /// <summary>The CPU that its thread is bound to; null where the kernel places the thread, or there are several.</summary>
    public int? Cpu { get; init; }
}

/// <summary>What an actor is.</summary>
public enum ActorKind
{
    /// <summary>Supervises all others of a pipeline.</summary>
    Root,

    /// <summary>Disposes bundles that reached nobody.</summary>
    Reclaimer,

    /// <summary>Reads the counters.</summary>
    Telemetry,

    /// <summary>Compiles rules on this node, and offers them to routers.</summary>
    RuleAgent,

    /// <summary>Decides which rules are in force, for this node or for the cluster.</summary>
    RuleAuthority,

    /// <summary>Puts in force here what the cluster agreed on.</summary>
    RuleFollower,

    /// <summary>Takes packets from a queue of the device.</summary>
    Queue,

    /// <summary>Marks the packets of a queue and sends them on.</summary>
    Router,

    /// <summary>Runs an instance of a consumer.</summary>
    Consumer,

    /// <summary>Keeps the link to another node.</summary>
    PeerLink,

    /// <summary>Takes part in the cluster.</summary>
    Membership,

    /// <summary>Any other.</summary>
    Other,
}
