using System.Net;
using Pipeline.Actors.Cluster.Wire;

namespace Pipeline.Actors.Links;

/// <summary>Another node of the cluster, as the data plane needs to know it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Tells this life of the node apart from others at the same address.</param>
/// <param name="Data">Where it takes packets.</param>
/// <param name="IsLeaving">Whether it is about to go in an orderly way. It gets no more packets than it has.</param>
/// <param name="Offers">The instances that it runs for others.</param>
internal sealed record Peer(
    string Name, long Uid, IPEndPoint Data, bool IsLeaving, IReadOnlyList<InstanceOffer> Offers);

/// <summary>All other nodes that this one has agreed with. Immutable.</summary>
/// <param name="OwnUid">This node's own; 0 while it is in no cluster.</param>
/// <param name="Peers">The others, each life of a node once.</param>
/// <param name="IsLeaving">Whether this node itself goes in an orderly way, so that what is on its way may still arrive.</param>
internal sealed record PeerSet(long OwnUid, IReadOnlyList<Peer> Peers, bool IsLeaving = false)
{
    /// <summary>The set of a node that is in no cluster.</summary>
    public static PeerSet None { get; } = new(0, []);

    /// <summary>That of a node that has left its cluster.</summary>
    public static PeerSet Left { get; } = new(0, [], IsLeaving: true);

    /// <summary>The peer of that UID; null where there is none, or no more.</summary>
    public Peer? Find(long uid) => Peers.FirstOrDefault(p => p.Uid == uid);
}
