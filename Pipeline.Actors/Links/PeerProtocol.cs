using Akka.Event;
using Pipeline.Actors.Dispatch;
using Pipeline.Nic.Links;

namespace Pipeline.Actors.Links;

/// <summary>What the root, its links to other nodes, and the cluster's side say to each other. Nothing of it leaves the process.</summary>
internal static class PeerProtocol
{
    /// <summary>Messages to the root. Nobody needs them when it has ended.</summary>
    public interface IForRoot : ILocalMessage, IDeadLetterSuppression;

    /// <summary>To the root: the other nodes, and what they offer, have changed.</summary>
    public sealed record Peers(PeerSet Set) : IForRoot;

    /// <summary>To a link: open a way to the peer's instances that have none, and dial if need be.</summary>
    public sealed class Open : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Open Instance = new();
    }

    /// <summary>To the root: packets can be sent to these instances.</summary>
    public sealed record Opened(PeerCell Peer, IReadOnlyList<RemoteInstance> Instances) : IForRoot;

    /// <summary>To the root: what happened to a link, for those who watch.</summary>
    public sealed record Happened(PeerCell Peer, string Words) : IForRoot;

    /// <summary>To the root: the link broke, and its lease is over. The node may come back, and may not.</summary>
    public sealed record LeaseOver(PeerCell Peer) : IForRoot;

    /// <summary>To the root: the process at the other end has ended. Nobody processes what was sent there any more.</summary>
    public sealed record Dead(PeerCell Peer) : IForRoot;

    /// <summary>To a link: end it, wait until the other node's lease is over, and give all back that was not acknowledged.</summary>
    /// <param name="IsDead">Whether nobody is there whose lease counts.</param>
    public sealed record GiveUp(bool IsDead) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>To the root: what was not acknowledged waits in the instances, and may go to others.</summary>
    public sealed record GivenUp(PeerCell Peer) : IForRoot;

    /// <summary>To a link: nobody sends any more. Say when all that was sent has been settled.</summary>
    public sealed class Finish : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Finish Instance = new();
    }

    /// <summary>To the root: everything that was sent over the link has been settled.</summary>
    public sealed record Finished(PeerCell Peer) : IForRoot;

    /// <summary>To the root: a link that brought packets of another node has ended.</summary>
    public sealed record ReceiverEnded(string From, LinkEnding Ending) : IForRoot;

    /// <summary>To the root: the time is over that the source waits for instances of all groups.</summary>
    public sealed class WaitIsOver : IForRoot
    {
        public static readonly WaitIsOver Instance = new();
    }

    /// <summary>To a link itself: a connection is there.</summary>
    public sealed record Dialled(LinkConnection Connection) : ILocalMessage;

    /// <summary>To a link itself: there is no connection.</summary>
    public sealed record DialFailed(Exception Error) : ILocalMessage;

    /// <summary>To a link itself: a connection has ended.</summary>
    public sealed record Ended(long Epoch, LinkEnding Ending) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>To a link itself: everything that was sent over a connection has been settled, or the connection was closed.</summary>
    public sealed record Idle(long Epoch) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>To a link itself: dial again, or look whether it is time to.</summary>
    public sealed class Again : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Again Instance = new();
    }
}
