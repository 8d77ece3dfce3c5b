using Pipeline.Actors.Configuration;

namespace Pipeline.Actors.Cluster;

/// <summary>The cluster as one node sees it at one moment. Nodes can see different things for some seconds.</summary>
/// <param name="Node">The name of the node that sees it.</param>
/// <param name="State">The node's own part in it.</param>
/// <param name="Members">Every member that it knows of, itself included, by address; empty while it knows nobody.</param>
public sealed record ClusterView(string Node, ClusterState State, IReadOnlyList<ClusterMember> Members)
{
    /// <summary>The name of the member that lets others in and out; null while there is none.</summary>
    public string? Leader { get; init; }

    /// <summary>
    /// The name of the member that decides about the rules of all; null while none is known to. The rules in force need nobody.
    /// </summary>
    public string? RuleAuthority { get; init; }

    /// <summary>How often the node has lost the cluster and begun anew.</summary>
    public int Restarts { get; init; }

    /// <summary>Why it lost the cluster last, on one line; null while it never has.</summary>
    public string? Trouble { get; init; }
}

/// <summary>A node's own part in its cluster.</summary>
public enum ClusterState
{
    /// <summary>It asks the seeds to be let in.</summary>
    Joining,

    /// <summary>It is a member.</summary>
    Member,

    /// <summary>It lost the cluster, and begins anew after a pause. Its own routes go on.</summary>
    Lost,

    /// <summary>Somebody asked it to leave. It is alone until it is started again.</summary>
    Left,
}

/// <summary>One member of a cluster.</summary>
/// <param name="Name">Its name; its address where it has told none.</param>
/// <param name="Address">Where the others reach it, ADDRESS:PORT.</param>
/// <param name="Uid">Tells apart the incarnations of a node that was started again at the same address.</param>
/// <param name="Roles">What it does for the cluster.</param>
/// <param name="Status">How far it has come.</param>
/// <param name="IsReachable">Whether every node that watches it hears from it.</param>
public sealed record ClusterMember(
    string Name, string Address, long Uid, IReadOnlyList<ClusterRole> Roles, ClusterMemberStatus Status, bool IsReachable)
{
    /// <summary>The generation of rules that it runs, as it said last; null before it has.</summary>
    public int? Generation { get; init; }

    /// <summary>The generation that it could not put in force, and why, on one line; null for none.</summary>
    public string? RulesTrouble { get; init; }
}

/// <summary>How far a member has come (Akka.Cluster, MemberStatus).</summary>
public enum ClusterMemberStatus
{
    /// <summary>It was let in, and not all know it yet.</summary>
    Joining,

    /// <summary>It was let in while somebody is unreachable.</summary>
    WeaklyUp,

    /// <summary>All know it.</summary>
    Up,

    /// <summary>It is about to go.</summary>
    Leaving,

    /// <summary>All know that it goes.</summary>
    Exiting,

    /// <summary>It was given up.</summary>
    Down,
}
