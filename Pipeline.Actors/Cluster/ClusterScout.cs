using System.Globalization;
using System.Net.Sockets;
using System.Numerics;
using Akka.Actor;
using Akka.Cluster;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Dispatch;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Pipeline.Actors.Cluster;

/// <summary>
/// Finds out whether there are two clusters where there should be one, and has the smaller end. That comes about when the first seed begins
/// anew, or is started, while it is cut off from the others: it cannot know that they go on, and when the network is whole again nothing of
/// Akka's joins the two.
/// </summary>
/// <remarks>
/// The leader asks each seed that is no member how many it is with. Two answers in a row decide, so that a node that is about to join is not
/// mistaken for another cluster. The members of the smaller cluster begin anew one after the other, as each becomes its leader. A cluster
/// without a seed ends however large it is: nobody could find it, so the other cannot join it.
/// </remarks>
internal sealed class ClusterScout : UntypedActor, IWithTimers
{
    public const string Name = "scout";

    private const string Question = "how many are you with?";

    /// <summary>
    /// Ticks after which the first seed begins a cluster again when nobody has let it in: perhaps all nodes lost each other. The second waits
    /// twice as long, in case the first is not there, and so on.
    /// </summary>
    private const int TicksToBegin = 4;

    /// <summary>
    /// Ticks after which a node that nobody lets in, though a seed listens, tries with another actor system. If another node's connection to
    /// the one that this was before its restart comes first, this one never hears what that node says (Akka.Remote 1.5.74). It tries after
    /// twice as long each time: perhaps the seeds are there, and the cluster is not.
    /// </summary>
    private const int TicksToTryAgain = 5;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);

    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    private readonly ClusterOptions _options;
    private readonly IClusterListener _listener;
    private readonly bool _isAnew;
    private int _ticks;
    private int _larger;

    private ClusterScout(ClusterOptions options, IClusterListener listener, bool isAnew, int ticks) =>
        (_options, _listener, _isAnew, _ticks) = (options, listener, isAnew, ticks);

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="isAnew">Whether the node lost a cluster before, and so does not begin one at once.</param>
    /// <param name="ticks">How long it has looked for a cluster already, in actor systems before.</param>
    public static Props Props(ClusterOptions options, IClusterListener listener, bool isAnew, int ticks) =>
        Akka.Actor.Props.CreateBy(new ActorProducer<ClusterScout>(() => new ClusterScout(options, listener, isAnew, ticks)))
            .WithDispatcher("akka.actor.internal-dispatcher");

    protected override void PreStart() => Timers.StartPeriodicTimer(Name, Ticked.Instance, Tick);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Ticked: OnTick(); break;
            case Probed probed: if (probed.IsAnyThere && Count == 0) _listener.OnUnheard(_ticks); break;
            case Question: Sender.Tell(Words(Count, _cluster.State.Leader)); break;
            case string answer: OnAnswer(answer); break;
            default: Unhandled(message); break;
        }
    }

    private int Count => _cluster.State.Members.Count(m => m.Status is MemberStatus.Up or MemberStatus.WeaklyUp);

    private void OnTick()
    {
        _ticks++;
        if (Count == 0)
        {
            var place = _options.Seeds.TakeWhile(s => !s.Equals(_options.Listen)).Count();
            if (_isAnew && place < _options.Seeds.Count && _ticks == TicksToBegin * (place + 1)) _cluster.Join(_cluster.SelfAddress);
            else if (_ticks % TicksToTryAgain == 0 && BitOperations.IsPow2(_ticks / TicksToTryAgain)) Task.Run(Probe).PipeTo(Self);
            return;
        }

        if (_cluster.State.Leader != _cluster.SelfAddress) return;
        var members = Addresses();
        foreach (var seed in _options.Seeds.Where(s => !members.Contains(s.ToString())))
            Context.ActorSelection($"{_cluster.SelfAddress.Protocol}://{ClusterSystem.Name}@{seed}/user/{Name}").Tell(Question);
    }

    private void OnAnswer(string answer)
    {
        var (from, members) = (ClusterNames.Of(Sender.Path.Address), Addresses());
        // Only seeds are asked; what anybody else says is no answer.
        if (!TryRead(answer, out var count, out var leader) || members.Contains(from) || !_options.Seeds.Any(s => s.ToString() == from)) return;
        var own = (Count, Leader: ClusterNames.Of(_cluster.SelfAddress), HasSeed: _options.Seeds.Any(s => members.Contains(s.ToString())));
        if (own.HasSeed && (count < own.Count || (count == own.Count && string.CompareOrdinal(leader, own.Leader) >= 0))) _larger = 0;
        else if (++_larger == 2) _listener.OnOther($"{from} is in another cluster, of {count}, and this one has {own.Count}{(own.HasSeed ? "" : " and no seed")}");
    }

    private async Task<Probed> Probe()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        foreach (var seed in _options.Seeds.Where(s => !s.Equals(_options.Listen)))
        {
            using var socket = new Socket(seed.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(seed, patience.Token);
                return new Probed(IsAnyThere: true);
            }
            catch (Exception error) when (error is SocketException or OperationCanceledException)
            {
                // The next one may be there.
            }
        }

        return new Probed(IsAnyThere: false);
    }

    private HashSet<string> Addresses() => [.. _cluster.State.Members.Select(m => ClusterNames.Of(m.Address))];

    private static string Words(int count, Address? leader) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(leader is null ? "-" : ClusterNames.Of(leader))}");

    private static bool TryRead(string answer, out int count, out string leader)
    {
        var space = answer.IndexOf(' ', StringComparison.Ordinal);
        leader = answer[(space + 1)..];
        count = 0;
        return space > 0 && int.TryParse(answer.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0;
    }

    /// <summary>To itself: whether another seed takes connections.</summary>
    private sealed record Probed(bool IsAnyThere);

    private sealed class Ticked
    {
        public static readonly Ticked Instance = new();
    }
}
