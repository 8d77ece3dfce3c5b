using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Links;
using Akka.Actor;

namespace Pipeline.Actors.Cluster;

/// <summary>What the data plane has to do with the cluster: which nodes there are, and what each of them runs for others.</summary>
public sealed partial class ClusterNode : IPeerListener
{
    private readonly Lock _peersGate = new();
    private volatile ClusterCertificates? _certificates;
    private IReadOnlyList<InstanceOffer> _offers = [];
    private PeerSet _peers = PeerSet.None;
    private Action<PeerSet>? _onPeers;
    private volatile IActorRef _peersActor = ActorRefs.Nobody;

    /// <summary>The certificates that were read last; null where the operator trusts the wire.</summary>
    internal ClusterCertificates? Certificates => _certificates;

    /// <summary>Has somebody hear of the other nodes, now and at each change. It must neither wait nor throw. Any thread.</summary>
    internal void WatchPeers(Action<PeerSet> onPeers)
    {
        lock (_peersGate)
        {
            _onPeers = onPeers;
            onPeers(_peers);
        }
    }

    /// <summary>Offers these instances to the other nodes from now on. Any thread.</summary>
    internal void Offer(IReadOnlyList<InstanceOffer> offers)
    {
        lock (_peersGate) _offers = offers;
        _peersActor.Tell(new ClusterPeers.Offer(offers));
    }

    /// <summary>A link refused somebody's certificate.</summary>
    internal void OnLinkRefused(string peer, string why) => OnRefused(peer, why);

    void IPeerListener.OnPeers(PeerSet peers)
    {
        lock (_peersGate)
        {
            _peers = peers;
            _onPeers?.Invoke(peers);
        }
    }

    void IPeerListener.OnPeerTrouble(string words) => _onEvent(words);

    /// <summary>The actor system has ended, and with it the knowledge of others.</summary>
    private void ForgetPeers(bool isOrderly) => ((IPeerListener)this).OnPeers(isOrderly ? PeerSet.Left : PeerSet.None);

    private void MeetPeers(ActorSystem system)
    {
        lock (_peersGate) _peersActor = system.ActorOf(ClusterPeers.Props(Options, _offers, this), ClusterPeers.Name);
    }
}
