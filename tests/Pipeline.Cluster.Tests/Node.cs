using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Pipeline.Actors;
using Pipeline.Actors.Dispatch;

namespace Pipeline.Cluster.Tests;

/// <summary>A member of a cluster over loopback, in an actor system of its own, that writes down who it could not reach.</summary>
internal sealed class Node : IDisposable
{
    private readonly Membership _membership = new();

    private Node(Config config)
    {
        System = ActorSystem.Create("cluster", config);
        System.ActorOf(Props.Create(() => new Listener(_membership)).WithDispatcher("akka.actor.internal-dispatcher"), "listener");
    }

    public ActorSystem System { get; }

    public Akka.Cluster.Cluster Cluster => Akka.Cluster.Cluster.Get(System);

    /// <summary>Set when it could not reach somebody, or somebody was up and is no more.</summary>
    public ManualResetEventSlim MissesSomebody => _membership.MissesSomebody;

    public IReadOnlyCollection<string> Missed => _membership.Missed;

    /// <summary>What we ship: threads of their own for whatever a heartbeat waits for.</summary>
    public static Node Shipped() => new(ClusterConf().WithFallback(EmbeddedConfig.Load()));

    /// <summary>The same failure detector on Akka's own dispatchers, which all share the thread pool.</summary>
    public static Node OnTheThreadPool() => new(ClusterConf().WithFallback("akka { loglevel = ERROR, stdout-loglevel = OFF, loggers = [] }"));

    /// <summary>What we ship, with settings that win over it.</summary>
    public static Node With(string settings) =>
        new(ConfigurationFactory.ParseString(settings).WithFallback(ClusterConf()).WithFallback(EmbeddedConfig.Load()));

    /// <summary>Whether two become a cluster, and both know it.</summary>
    public static bool Joined(Node first, Node second, TimeSpan patience)
    {
        first.Join(first);
        second.Join(first);
        return first.WaitForUp(2, patience) && second.WaitForUp(2, patience);
    }

    /// <summary>Joins the cluster of another, or begins one with itself.</summary>
    public void Join(Node other) => Cluster.Join(other.Cluster.SelfAddress);

    /// <summary>Waits until so many are up.</summary>
    public bool WaitForUp(int members, TimeSpan patience) => _membership.WaitForUp(members, patience);

    public void Dispose()
    {
        // Without leaving: that takes seconds, and nobody is left to mind.
        System.Terminate().Wait(TimeSpan.FromSeconds(10));
        _membership.Dispose();
    }

    private static Config ClusterConf()
    {
        using var stream = typeof(PipelineRun).Assembly.GetManifestResourceStream("hocon/cluster.conf")!;
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }

    /// <summary>What the cluster has said so far.</summary>
    private sealed class Membership : IDisposable
    {
        private readonly ConcurrentQueue<string> _missed = new();
        private readonly SemaphoreSlim _up = new(0);

        public ManualResetEventSlim MissesSomebody { get; } = new();

        public IReadOnlyCollection<string> Missed => _missed;

        public void IsUp() => _up.Release();

        public void Misses(Member member)
        {
            _missed.Enqueue(member.Address.ToString());
            MissesSomebody.Set();
        }

        public bool WaitForUp(int members, TimeSpan patience) => Enumerable.Range(0, members).All(_ => _up.Wait(patience));

        public void Dispose()
        {
            MissesSomebody.Dispose();
            _up.Dispose();
        }
    }

    private sealed class Listener(Membership membership) : UntypedActor
    {
        protected override void PreStart() =>
            Akka.Cluster.Cluster.Get(Context.System).Subscribe(
                Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.UnreachableMember));

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case ClusterEvent.MemberUp: membership.IsUp(); break;
                case ClusterEvent.MemberJoined or ClusterEvent.MemberWeaklyUp: break;
                case ClusterEvent.IMemberEvent gone: membership.Misses(gone.Member); break;
                case ClusterEvent.UnreachableMember unreachable: membership.Misses(unreachable.Member); break;
                default: Unhandled(message); break;
            }
        }
    }
}
