using System.Net;
using Akka.Actor;
using Akka.Event;
using Akka.Cluster;
using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Links;
using Pipeline.Actors.Serialization;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Pipeline.Actors.Cluster;

/// <summary>
/// Agrees with the other members on a protocol, tells them which instances this node runs for all, and hears of theirs. What it knows is for
/// the data plane, which has links of its own.
/// </summary>
/// <remarks>
/// A message can be lost, and a member can be started again at the same address. So everything is said again every second, and everything
/// says whose life of a node it is about.
/// </remarks>
internal sealed class ClusterPeers : UntypedActor, IWithTimers
{
    public const string Name = "peers";

    /// <summary>The number of the protocol that nodes say to each other.</summary>
    private const int Protocol = 1;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    private readonly int _frameLimit = (int)Context.System.Settings.Config.GetByteSize("akka.remote.dot-netty.tcp.maximum-frame-size")!;
    private readonly ClusterOptions _options;
    private readonly IPeerListener _listener;
    private readonly Dictionary<long, Acquaintance> _known = [];
    private readonly HashSet<(long Uid, string Reason)> _refused = [];
    private NodeOffers _offers;
    private PeerSet _told = PeerSet.None;

    private ClusterPeers(ClusterOptions options, IReadOnlyList<InstanceOffer> offers, IPeerListener listener)
    {
        (_options, _listener) = (options, listener);
        _offers = new NodeOffers { Node = options.Name, Uid = Uid, Edition = 1, Offers = [.. offers] };
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(ClusterOptions options, IReadOnlyList<InstanceOffer> offers, IPeerListener listener) =>
        Akka.Actor.Props.CreateBy(new ActorProducer<ClusterPeers>(() => new ClusterPeers(options, offers, listener)))
            .WithDispatcher("akka.actor.internal-dispatcher");

    private long Uid => _cluster.SelfUniqueAddress.Uid;

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("say", Again.Instance, Interval);
        _cluster.Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Again or ClusterEvent.MemberUp or ClusterEvent.MemberWeaklyUp: Greet(); break;
            case ClusterEvent.IMemberEvent: break;
            case Offer offer: OnOffer(offer.Instances); break;
            case NodeHello hello: OnHello(hello); break;
            case NodeWelcome welcome when welcome.ToUid == Uid && _known.TryGetValue(welcome.Uid, out var known): known.IsAgreed = true; break;
            case NodeWelcome: break;
            case NodeRefused refused when refused.ToUid == Uid: OnRefused(refused.Node, 0, refused.Reason); break;
            case NodeRefused: break;
            case NodeOffers offers: OnOffers(offers); break;
            default: Unhandled(message); return;
        }

        Publish();
    }

    /// <summary>Says what there is to say to everybody.</summary>
    private void Greet()
    {
        foreach (var member in Others())
        {
            var peers = Context.ActorSelection(new RootActorPath(member.Address) / "user" / Name);
            if (_known.TryGetValue(member.UniqueAddress.Uid, out var known) && known.IsAgreed) peers.Tell(_offers);
            else peers.Tell(Hello());
        }
    }

    private void OnOffer(IReadOnlyList<InstanceOffer> instances)
    {
        _offers = _offers with { Edition = _offers.Edition + 1, Offers = [.. instances] };
        Greet();
    }

    private NodeHello Hello() => new()
    {
        Protocol = Protocol,
        TypesHash = WireTypes.All.Hash,
        Node = _options.Name,
        Uid = Uid,
        DataHost = _options.DataAt.Address.ToString(),
        DataPort = _options.DataAt.Port,
        FrameLimit = _frameLimit,
    };

    private void OnHello(NodeHello hello)
    {
        // A node that is no member, or not yet, says it again. One that says another name than the cluster knows it by is not believed.
        if (Others().FirstOrDefault(m => m.UniqueAddress.Uid == hello.Uid) is not { } member || ClusterNames.NameOf(member) != hello.Node) return;
        var (why, data) = WhyNot(hello);
        if (why is not null)
        {
            Sender.Tell(new NodeRefused { Node = _options.Name, ToUid = hello.Uid, Reason = why });
            OnRefused(hello.Node, hello.Uid, why);
            return;
        }

        if (!_known.TryGetValue(hello.Uid, out var known)) _known[hello.Uid] = known = new Acquaintance(hello.Node, data!);
        Sender.Tell(new NodeWelcome { Node = _options.Name, Uid = Uid, ToUid = hello.Uid });
        if (!known.IsAgreed) Sender.Tell(Hello());
    }

    private (string? Why, IPEndPoint? Data) WhyNot(NodeHello hello)
    {
        if (hello.Protocol != Protocol) return ($"{hello.Node} speaks protocol {hello.Protocol}, and {_options.Name} speaks {Protocol}", null);
        if (hello.TypesHash != WireTypes.All.Hash) return ($"{hello.Node} and {_options.Name} are different versions: their messages differ", null);
        if (hello.FrameLimit != _frameLimit)
            return ($"the most bytes of a message are {hello.FrameLimit} at {hello.Node}, and {_frameLimit} at {_options.Name}", null);
        return IPAddress.TryParse(hello.DataHost, out var address) && hello.DataPort is > 0 and <= ushort.MaxValue
            ? (null, new IPEndPoint(address, hello.DataPort))
            : ($"{hello.Node} takes packets at no address", null);
    }

    private void OnRefused(string node, long uid, string reason)
    {
        if (_refused.Count < 64 && _refused.Add((uid, reason))) _listener.OnPeerTrouble($"no packets go between {_options.Name} and {node}: {reason}");
    }

    private void OnOffers(NodeOffers offers)
    {
        if (!_known.TryGetValue(offers.Uid, out var known) || offers.Edition <= known.Edition) return;
        (known.Edition, known.Offers) = (offers.Edition, [.. offers.Offers.Where(IsSound).DistinctBy(o => o.Lane).DistinctBy(o => (o.Group, o.Number))]);
        if (known.Offers.Count < offers.Offers.Length) OnRefused(known.Name, offers.Uid, $"{known.Name} offers instances that cannot be");
    }

    /// <summary>Numbers of a message are checked before anything is made of them.</summary>
    private static bool IsSound(InstanceOffer offer) =>
        ReceivedBundles.IsLane(offer.Lane) && offer.Number >= 0 && offer.BytesOfPacket >= 0
        && offer.Weight is >= 1 and <= ConsumerOptions.MostWeight && Enum.IsDefined(offer.Kind);

    private IEnumerable<Member> Others() => _cluster.State.Members.Where(
        m => m.UniqueAddress != _cluster.SelfUniqueAddress
            && m.Status is MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Leaving or MemberStatus.Exiting);

    private void Publish()
    {
        var members = Others().ToDictionary(m => (long)m.UniqueAddress.Uid);
        foreach (var gone in _known.Keys.Where(uid => !members.ContainsKey(uid)).ToList()) _known.Remove(gone);
        var peers = _known.Select(k => new Peer(
            k.Value.Name, k.Key, k.Value.Data, members[k.Key].Status is MemberStatus.Leaving or MemberStatus.Exiting,
            k.Value.Offers)).OrderBy(p => p.Name, StringComparer.Ordinal).ToList();
        if (_told.OwnUid == Uid && _told.Peers.SequenceEqual(peers)) return;
        _told = new PeerSet(Uid, peers);
        _listener.OnPeers(_told);
    }

    /// <summary>Offer other instances from now on.</summary>
    public sealed record Offer(IReadOnlyList<InstanceOffer> Instances) : ILocalMessage, IDeadLetterSuppression;

    private sealed class Again : ILocalMessage
    {
        public static readonly Again Instance = new();
    }

    /// <summary>A member that has said hello.</summary>
    private sealed class Acquaintance(string name, IPEndPoint data)
    {
        public string Name => name;

        public IPEndPoint Data => data;

        /// <summary>Whether it has welcomed this node.</summary>
        public bool IsAgreed { get; set; }

        public long Edition { get; set; }

        public IReadOnlyList<InstanceOffer> Offers { get; set; } = [];
    }
}

/// <summary>Hears of the other nodes, on a thread of the cluster's actor system. Nothing here must wait or throw.</summary>
internal interface IPeerListener
{
    /// <summary>The other nodes, or what they offer, have changed.</summary>
    void OnPeers(PeerSet peers);

    /// <summary>A node cannot be worked with.</summary>
    void OnPeerTrouble(string words);
}
