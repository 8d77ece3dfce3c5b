using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Pipeline.Actors.Dispatch;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Pipeline.Actors.Cluster;

/// <summary>Keeps what the cluster says of its members, and tells its node of each change.</summary>
internal sealed class ClusterWatcher : UntypedActor
{
    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    private readonly IClusterListener _listener;
    private readonly Dictionary<UniqueAddress, Member> _members = [];
    private readonly HashSet<UniqueAddress> _unreachable = [];
    private Address? _leader;

    private ClusterWatcher(IClusterListener listener) => _listener = listener;

    public static Props Props(IClusterListener listener) =>
        Akka.Actor.Props.CreateBy(new ActorProducer<ClusterWatcher>(() => new ClusterWatcher(listener))).WithDispatcher("akka.actor.internal-dispatcher");

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        _cluster.Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot,
            typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent), typeof(ClusterEvent.LeaderChanged));
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.CurrentClusterState state: OnState(state); break;
            case ClusterEvent.MemberRemoved removed: OnRemoved(removed); break;
            case ClusterEvent.IMemberEvent changed: OnMember(changed.Member); break;
            case ClusterEvent.UnreachableMember lost: OnReachability(lost.Member, isReachable: false); break;
            case ClusterEvent.ReachableMember back: OnReachability(back.Member, isReachable: true); break;
            case ClusterEvent.LeaderChanged leader: _leader = leader.Leader; break;
            case ThisActorSystemQuarantinedEvent by: _listener.OnQuarantined(ClusterNames.Of(by.RemoteAddress)); return;
            default: Unhandled(message); return;
        }

        _listener.OnView(View());
    }

    private void OnState(ClusterEvent.CurrentClusterState state)
    {
        foreach (var member in state.Members) _members[member.UniqueAddress] = member;
        _unreachable.UnionWith(state.Unreachable.Select(m => m.UniqueAddress));
        _leader = state.Leader;
    }

    private void OnMember(Member member)
    {
        _members[member.UniqueAddress] = member;
        if (member.Status == MemberStatus.Joining) return;
        _listener.OnChange($"{ClusterNames.NameOf(member)} is {WordOf(member.Status)}");
    }

    private void OnRemoved(ClusterEvent.MemberRemoved removed)
    {
        _members.Remove(removed.Member.UniqueAddress);
        _unreachable.Remove(removed.Member.UniqueAddress);

        // A node that was given up, or ends, lets go of everybody; they have not left.
        if (_cluster.IsTerminated || !_members.ContainsKey(_cluster.SelfUniqueAddress)) return;
        var how = removed.PreviousStatus == MemberStatus.Down ? "was given up" : "has left";
        _listener.OnChange($"{ClusterNames.NameOf(removed.Member)} {how}");
    }

    private void OnReachability(Member member, bool isReachable)
    {
        if (isReachable) _unreachable.Remove(member.UniqueAddress);
        else _unreachable.Add(member.UniqueAddress);
        _listener.OnChange($"{ClusterNames.NameOf(member)} {(isReachable ? "is reachable again" : "cannot be reached")}");
    }

    private static string WordOf(MemberStatus status) => status == MemberStatus.WeaklyUp ? "weakly up" : status.ToString().ToLowerInvariant();

    private (IReadOnlyList<ClusterMember> Members, string? Leader, bool IsMember) View()
    {
        var leader = _members.Values.FirstOrDefault(m => m.Address == _leader);
        var isMember = _members.TryGetValue(_cluster.SelfUniqueAddress, out var self) && self.Status is not (MemberStatus.Joining or MemberStatus.Down);
        return ([.. _members.Values.OrderBy(m => m.Address, Member.AddressOrdering).Select(Of)], leader is null ? null : ClusterNames.NameOf(leader), isMember);
    }

    private ClusterMember Of(Member member) => new(
        ClusterNames.NameOf(member), ClusterNames.Of(member.Address), member.UniqueAddress.Uid, ClusterNames.RolesOf(member),
        Enum.Parse<ClusterMemberStatus>(member.Status.ToString()), !_unreachable.Contains(member.UniqueAddress));
}

/// <summary>Hears of the cluster, on a thread of its actor system. Nothing here must wait or throw.</summary>
internal interface IClusterListener
{
    /// <summary>The membership changed.</summary>
    void OnView((IReadOnlyList<ClusterMember> Members, string? Leader, bool IsMember) view);

    /// <summary>Something happened, on one line.</summary>
    void OnChange(string words);

    /// <summary>There is another cluster, which is larger than this one.</summary>
    void OnOther(string words);

    /// <summary>Seeds take connections, and nothing that they say is heard.</summary>
    /// <param name="ticks">How long the node has looked for a cluster, in the scout's ticks.</param>
    void OnUnheard(int ticks);

    /// <summary>A member that had given this node up answers that it wants to hear nothing more from it.</summary>
    void OnQuarantined(string by);
}
