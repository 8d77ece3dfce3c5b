using System.Globalization;
using Akka.Actor;
using Pipeline.Actors.Cluster.Rules;
using Pipeline.Actors.Configuration;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Pipeline.Actors.Cluster;

/// <summary>
/// This process's part in a cluster. It outlives the actor system that takes part: when the others give the node up, or it is cut off, it
/// begins anew after a pause. Any thread.
/// </summary>
public sealed partial class ClusterNode : IAsyncDisposable
{
    /// <summary>How long leaving may take: the others may be unreachable, and then nobody lets it go.</summary>
    private static readonly TimeSpan LeavingPatience = TimeSpan.FromSeconds(10);

    private readonly RefusalLimit _refusals = new(TimeProvider.System);
    private readonly AkkaOptions _log;
    private readonly Action<string> _onEvent;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _life;
    private volatile ClusterView _view;
    private volatile ActorSystem _system;
    private string? _whyLost;
    private volatile bool _wasMember;
    private volatile bool _isAnew;
    private int _unheard;

    private ClusterNode(ClusterOptions options, AkkaOptions log, Action<string> onEvent)
    {
        (Options, _log, _onEvent) = (options, log, onEvent);
        _view = new ClusterView(options.Name, ClusterState.Joining, []);
        Rules = new ClusterRules(options.Name, () => _view, onEvent, _ending.Token);
        _system = Begin(isAnew: false);
        _life = Live();
    }

    /// <summary>What it was started with.</summary>
    public ClusterOptions Options { get; }

    /// <summary>The cluster as this node sees it now.</summary>
    public ClusterView View => Rules.Describe(_view);

    /// <summary>The actor system that takes part now, or did until it ended.</summary>
    internal ActorSystem System => _system;

    /// <summary>Its part in the rules of the cluster.</summary>
    internal ClusterRules Rules { get; }

    /// <summary>
    /// Has heartbeats that have arrived answered also while the thread pool is full. To be called before the process opens its first socket;
    /// .NET looks only then (decision 0024).
    /// </summary>
    public static void PrepareProcess() => Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

    /// <summary>Reads a node's certificate, its key and its authorities, as a start would. Any thread.</summary>
    /// <returns>Why the node could not use them, or the others would refuse them; null for nothing.</returns>
    public static string? ProblemOf(ClusterTls files)
    {
        try
        {
            ClusterCertificates.Load(files);
            return null;
        }
        catch (ClusterException problem)
        {
            return problem.Message;
        }
    }

    /// <summary>Listens, and asks the seeds to be let in. It does not wait for that.</summary>
    /// <param name="options">Checked options.</param>
    /// <param name="log">What its actor system logs.</param>
    /// <param name="onEvent">Called for each change, with a line. It must neither wait nor throw. Any thread.</param>
    /// <exception cref="ClusterException">The address is taken or is none of this machine's, or a certificate cannot be used.</exception>
    public static ClusterNode Start(ClusterOptions options, AkkaOptions log, Action<string> onEvent) => new(options, log, onEvent);

    /// <summary>
    /// Asks a member to leave in an orderly way. It goes on alone. Whoever asks does not wait for it: see <see cref="View"/>.
    /// </summary>
    /// <param name="member">The name of a member, or its ADDRESS:PORT.</param>
    /// <param name="who">Who wants it, for the event; null for nobody in particular.</param>
    /// <returns>Why nobody was asked; null when somebody was.</returns>
    public string? Leave(string member, string? who = null) => Ask(member, (cluster, address) => cluster.Leave(address), "is asked to leave", who);

    /// <summary>Gives up a member that cannot be reached, without waiting until the others agree on it.</summary>
    /// <inheritdoc cref="Leave(string, string?)"/>
    public string? Down(string member, string? who = null) => Ask(member, (cluster, address) => cluster.Down(address), "is given up", who);

    /// <summary>Leaves the cluster in an orderly way, which takes about a second, and at most ten.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ending.IsCancellationRequested) return;
        await _ending.CancelAsync();
        await Task.WhenAny(End(_system, CoordinatedShutdown.ClrExitReason.Instance), Task.Delay(LeavingPatience));
        await Task.WhenAny(_life, Task.Delay(LeavingPatience));
    }

    private string? Ask(string name, Action<AkkaCluster, Address> request, string what, string? who)
    {
        var view = _view;
        if (view.Members.Count == 0) return $"{Options.Name} is in no cluster now";
        var found = view.Members.Where(m => m.Name == name || m.Address == name).ToList();
        if (found.Count == 0) return $"no member is called {name}; there are {string.Join(", ", view.Members.Select(m => m.Name))}";
        if (found.Count > 1) return $"{found.Count} members are called {name}; use an address: {string.Join(", ", found.Select(m => m.Address))}";
        var (at, cluster) = (found[0].Address, AkkaCluster.Get(_system));
        // The host stays as the cluster writes it, IPv6 in brackets. It takes another spelling for somebody else, and says nothing.
        var colon = at.LastIndexOf(':');
        request(cluster, new Address(cluster.SelfAddress.Protocol, ClusterSystem.Name, at[..colon], int.Parse(at[(colon + 1)..], CultureInfo.InvariantCulture)));
        if (who is not null) _onEvent($"{found[0].Name} {what}, by {who}");
        return null;
    }
}
