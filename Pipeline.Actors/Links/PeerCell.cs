using System.Diagnostics;
using Akka.Actor;
using Pipeline.Nic.Links;

namespace Pipeline.Actors.Links;

/// <summary>
/// One life of another node that packets are sent to: its instances, its link, and the figures that others may read. The root keeps it; the
/// link's actor writes the figures.
/// </summary>
[DebuggerDisplay("{Name} {Uid}: {Instances.Count} instances, {State}")]
internal sealed class PeerCell(Peer peer, long ownUid)
{
    private volatile LinkSender? _sender;
    private volatile PeerState _state = PeerState.Dialling;
    private volatile IReadOnlyList<RemoteInstance> _instances = [];

    /// <summary>The node as it was met.</summary>
    public Peer Peer => peer;

    public string Name => peer.Name;

    public long Uid => peer.Uid;

    /// <summary>This node's UID when it met the other. A link is between two lives of nodes.</summary>
    public long OwnUid => ownUid;

    /// <summary>The actor that keeps the link. Only for the root.</summary>
    public IActorRef Link { get; set; } = ActorRefs.Nobody;

    /// <summary>Whether the node goes in an orderly way. Only for the root.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Whether nobody sends to it any more, and its link ends when all is settled. Only for the root.</summary>
    public bool IsParting { get; set; }

    /// <summary>Whether its link was told to give up. Only for the root.</summary>
    public bool IsGivenUp { get; set; }

    /// <summary>Whether somebody waits until all that was sent is settled. Only for the link's actor, whose restarts it outlives.</summary>
    public bool IsFinishing { get; set; }

    /// <summary>The instances that packets are or were sent to. The root writes it; any thread reads it.</summary>
    public IReadOnlyList<RemoteInstance> Instances { get => _instances; set => _instances = value; }

    /// <summary>The link now, or the last one; null before the first. Any thread.</summary>
    public LinkSender? Sender { get => _sender; set => _sender = value; }

    /// <summary>How the link is. Any thread.</summary>
    public PeerState State { get => _state; set => _state = value; }
}

/// <summary>How the link to another node is.</summary>
public enum PeerState
{
    /// <summary>There has been none yet.</summary>
    Dialling,

    /// <summary>Packets go over it.</summary>
    Up,

    /// <summary>It broke, and the other node may still process what it got. It is dialled again.</summary>
    Broken,

    /// <summary>It broke for longer than the other node may process anything.</summary>
    LeaseOver,

    /// <summary>It was given up. What was not acknowledged goes to others.</summary>
    GivenUp,
}
