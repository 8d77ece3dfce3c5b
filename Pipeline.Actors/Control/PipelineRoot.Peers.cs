using Akka.Actor;
using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Links;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Control;

/// <summary>Sends packets to instances on other nodes, and gives their flows to others when a node goes.</summary>
/// <remarks>
/// <code>
///   Peers ── a node offers an instance ──> its link Opens ──> Opened ──> the group is Spread anew: flows move there
///         ── a node goes, or a link is over ──> GiveUp ──> GivenUp ──> Spread: flows, and what was not acknowledged, move away
/// </code>
/// Groups that run on other nodes change one step after the other, together with all other orders (<see cref="GroupChanges"/>).
/// </remarks>
internal sealed partial class PipelineRoot
{
    private readonly List<PeerCell> _peers = [];
    private PeerSet _set = PeerSet.None;
    private LinkDialer? _dialer;

    /// <summary>Opens the door, and hears of the other nodes from now on.</summary>
    private void JoinPeers()
    {
        if (_cluster is null) return;
        var (self, security) = (Self, new LinkSecurity(() => _cluster.Certificates, _cluster.OnLinkRefused));
        _dialer = new LinkDialer(security);
        _topology.Door!.Open(
            security,
            () => new ReceivedBundles(() => _topology.Consumers),
            Enter,
            (guest, ending) => self.Tell(new PeerProtocol.ReceiverEnded(guest.Name, ending)));
        _cluster.WatchPeers(peers => self.Tell(new PeerProtocol.Peers(peers)));
        Offer();
    }

    /// <summary>What comes from another node pins its link's memory, which must be home at the end. Any thread.</summary>
    private void Enter(Guest guest)
    {
        var (ledger, slabs) = (_topology.Ledger, guest.Receiver.Slabs);
        ledger.AddPool(slabs);
        guest.Receiver.WakeWhenHome(() => ledger.RemovePool(slabs));
    }

    private void OnPeer(PeerProtocol.IForRoot message)
    {
        switch (message)
        {
            case PeerProtocol.Peers peers: OnPeers(peers.Set); break;
            case PeerProtocol.Opened opened: OnOpened(opened); break;
            case PeerProtocol.LeaseOver: JudgeOverdue(); break;
            case PeerProtocol.Dead dead: GiveUp(dead.Peer, isDead: true); break;
            case PeerProtocol.GivenUp given: OnGivenUp(given.Peer); break;
            case PeerProtocol.Finished finished: OnPeerFinished(finished.Peer); break;
            case PeerProtocol.Happened happened: OnLink($"the link to {happened.Peer.Name} {happened.Words}"); break;
            case PeerProtocol.ReceiverEnded ended: OnReceiverEnded(ended); break;
            case PeerProtocol.WaitIsOver: OnWaitIsOver(); break;
        }
    }

    private void Offer() => _cluster?.Offer(_isWithdrawing ? [] : [.. _topology.Groups.Offers()]);

    private void OnPeers(PeerSet set)
    {
        _set = set;
        _topology.Door!.Admit(set);
        foreach (var cell in _peers.Where(c => !c.IsGivenUp).ToList())
        {
            if (set.Find(cell.Uid) is { } peer) Follow(cell, peer);
            else if (cell.IsLeaving || set.IsLeaving) Withdraw(cell);
            else GiveUp(cell, isDead: false);
        }

        MeetAll();
        SpreadAll();
        JudgeOverdue();
    }

    /// <summary>Takes note of what a known node offers and takes back.</summary>
    private static void Follow(PeerCell cell, Peer peer)
    {
        cell.IsLeaving |= peer.IsLeaving;
        foreach (var instance in cell.Instances)
            instance.IsWithdrawn = peer.IsLeaving || !peer.Offers.Any(o => o.Group == instance.Group && o.Number == instance.Id.Number);
        if (cell.Instances.Any(i => !i.IsWithdrawn)) cell.IsParting = false;
    }

    private static void Withdraw(PeerCell cell)
    {
        cell.IsLeaving = true;
        foreach (var instance in cell.Instances) instance.IsWithdrawn = true;
    }

    private void MeetAll()
    {
        foreach (var peer in _set.Peers) Meet(peer);
    }

    /// <summary>Has links opened to instances that packets of this node may go to.</summary>
    private void Meet(Peer peer)
    {
        if (_routers.Count == 0 || _isCompleting || peer.IsLeaving) return;
        var cell = _peers.Find(c => c.Uid == peer.Uid && !c.IsGivenUp);
        var known = cell?.Instances ?? [];
        var fresh = peer.Offers.Where(
            o => _topology.Groups.Fits(o) && !known.Any(i => i.Group == o.Group && i.Id.Number == o.Number)).ToList();
        if (fresh.Count == 0) return;
        cell ??= NewCell(peer);
        cell.Instances = [.. known, .. fresh.Select(o => NewInstance(peer, o))];
        cell.IsParting = false;
        cell.Link.Tell(PeerProtocol.Open.Instance);
    }

    private PeerCell NewCell(Peer peer)
    {
        var cell = new PeerCell(peer, _set.OwnUid);
        cell.Link = Context.ActorOf(PeerLink.Props(cell, _dialer!), $"link-{peer.Name}-{++_links}");
        _peers.Add(cell);
        _topology.Peers = [.. _peers];
        return cell;
    }

    private RemoteInstance NewInstance(Peer peer, InstanceOffer offer)
    {
        var group = _topology.Groups[offer.Group];
        return new RemoteInstance(new InstanceId(peer.Name, offer.Number), offer, group.Account, group.Copies);
    }

    private void OnOpened(PeerProtocol.Opened opened)
    {
        if (opened.Peer.IsGivenUp) return;
        foreach (var instance in opened.Instances) instance.IsOpen = true;
        SpreadAll();
        JudgeOverdue();
    }

    /// <summary>
    /// A node that does not answer keeps what only it can do: it may be back before the cluster gives it up. One that the cluster has let go
    /// keeps nothing.
    /// </summary>
    private void JudgeOverdue()
    {
        foreach (var cell in _peers.Where(c => c is { State: PeerState.LeaseOver, IsGivenUp: false }).ToList())
        {
            if (_set.Find(cell.Uid) is null || cell.Instances.Any(HasOthers)) GiveUp(cell, isDead: false);
        }
    }

    private bool HasOthers(RemoteInstance instance) =>
        _topology.Groups[instance.Group].Instances.Any(
            i => i is not Vacancy && i != instance && !_peers.Exists(c => c.State != PeerState.Up && c.Instances.Contains(i)));

    private void GiveUp(PeerCell cell, bool isDead)
    {
        if (cell.IsGivenUp) return;
        cell.IsGivenUp = true;
        cell.Link.Tell(new PeerProtocol.GiveUp(isDead));

        // New packets of its flows are held back from now on, until what it had is given back.
        SpreadAll();
    }

    private void OnGivenUp(PeerCell cell)
    {
        foreach (var instance in cell.Instances) instance.IsGone = true;
        foreach (var group in cell.Instances.Select(i => i.Group).Distinct())
            foreach (var router in _routers) router.Tell(new RouterProtocol.Reclaim(group));
        if (cell.Sender is not null) OnLink($"what {cell.Name} had not processed goes to others");
        SpreadAll();
        if (_set.Find(cell.Uid) is { } peer) Meet(peer);
    }

    /// <summary>Has every group that runs on several nodes take in what changed.</summary>
    private void SpreadAll()
    {
        foreach (var group in _topology.Groups.Spread.ToList())
        {
            if (!_topology.Groups.RemotesOf(group).SequenceEqual(OpenInstancesOf(group)))
                OnChange(new RootProtocol.Spread(group), ActorRefs.Nobody);
        }

        LetPeersGo();
    }

    private IReadOnlyList<RemoteInstance> OpenInstancesOf(string group) =>
    [
        .. _peers.Where(c => !c.IsGivenUp).SelectMany(c => c.Instances).Where(
            i => i.Group == group && i is { IsOpen: true, IsWithdrawn: false }),
    ];

    private void Spread(GroupChanges change)
    {
        var group = change.Order.Name;
        if (_topology.Groups.SetRemotes(group, OpenInstancesOf(group))) MoveFlows(change);
        else End(change, OrderAnswer.Done);
    }

    /// <summary>Ends links to nodes that no router sends to any more, when everything has been settled.</summary>
    private void LetPeersGo()
    {
        if (_changes.Count > 0) return;
        foreach (var cell in _peers.Where(c => !c.Instances.Any(IsInUse)).ToList())
        {
            if (cell.IsParting || !cell.Instances.All(i => cell.IsGivenUp ? i.IsGone : i.IsWithdrawn)) continue;
            cell.IsParting = true;
            cell.Link.Tell(PeerProtocol.Finish.Instance);
        }
    }

    private bool IsInUse(RemoteInstance instance) => _topology.Groups.RemotesOf(instance.Group).Contains(instance);

    private void OnPeerFinished(PeerCell cell)
    {
        _finished.Add(cell);
        if (cell.IsParting) Remove(cell);
        TryComplete();
    }

    private void OnReceiverEnded(PeerProtocol.ReceiverEnded ended)
    {
        if (!_isWithdrawing) OnLink($"the link from {ended.From} ended: {ended.Ending.Words}");
        TryComplete();
    }

    private void OnLink(string words) => _state.Events.Add(PipelineEventKind.ClusterChanged, "links", words);

    private void Remove(PeerCell cell)
    {
        // What a route had sent there that was taken away meanwhile, nobody comes for any more.
        foreach (var instance in cell.Instances) instance.DropAll(DropReason.RemoteLost);
        Context.Stop(cell.Link);
        _finished.Remove(cell);
        _peers.Remove(cell);
        _topology.Forget(cell);
        _topology.Peers = [.. _peers];
    }
}
