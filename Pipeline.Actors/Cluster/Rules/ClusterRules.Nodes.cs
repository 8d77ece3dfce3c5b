using System.Diagnostics;
using Pipeline.Actors.Cluster.Wire;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Cluster.Rules;

/// <summary>What the members run, as they say.</summary>
internal sealed partial class ClusterRules
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, (NodeRunsRules Said, long At)> _nodes = [];
    private (int Number, RuleChange Change) _followed = (0, new RuleChange { Outcome = RuleOutcome.Unchanged, Generation = 0 });
    private TaskCompletionSource _signal = NewSignal();

    /// <summary>How long a node that has the authority may say nothing.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    /// <summary>A member, or this node itself, says what it runs.</summary>
    /// <returns>False where it is none, such as one that was given up: then nothing of it is believed.</returns>
    public bool OnNode(NodeRunsRules node)
    {
        var members = view().Members;
        if (node.Uid != Volatile.Read(ref _uid) && members.All(m => m.Uid != node.Uid)) return false;
        lock (_gate)
        {
            _nodes[node.Uid] = (node, Stopwatch.GetTimestamp());
            foreach (var gone in _nodes.Keys.Where(uid => uid != node.Uid && members.All(m => m.Uid != uid)).ToList()) _nodes.Remove(gone);
        }

        Signal();
        return true;
    }

    /// <summary>The same view with what each member runs, and who has the authority.</summary>
    public ClusterView Describe(ClusterView seen) => seen with
    {
        Members = [.. seen.Members.Select(Describe)],
        RuleAuthority = AuthorityOf(seen)?.Name,
    };

    private ClusterMember Describe(ClusterMember member)
    {
        if (SaidBy(member) is not { } said) return member;
        var trouble = said.Failed == 0 ? null : $"generation {said.Failed}: {Quoted.Short(said.Why, 200)}";
        return member with { Generation = said.Runs.Number, RulesTrouble = trouble };
    }

    private NodeRunsRules? SaidBy(ClusterMember member)
    {
        lock (_gate) return _nodes.TryGetValue(member.Uid, out var node) ? node.Said : null;
    }

    /// <returns>The member that said last that it has the authority; null while none that can be reached has said so of late.</returns>
    public ClusterMember? FindAuthority() => AuthorityOf(view());

    private ClusterMember? AuthorityOf(ClusterView seen)
    {
        lock (_gate)
        {
            return seen.Members
                .Where(m => m.IsReachable && _nodes.TryGetValue(m.Uid, out var node) && node.Said.HasAuthority && Stopwatch.GetElapsedTime(node.At) < Silence)
                .MaxBy(m => _nodes[m.Uid].At);
        }
    }

    /// <summary>
    /// Waits until all members run a generation or say that they cannot, but not for ever, and neither for those that cannot be reached nor
    /// for those that are not up: these say nothing yet.
    /// </summary>
    internal async Task<ClusterSpread> Spread(int generation, CancellationToken stop)
    {
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            var next = NextSignal();
            var members = view().Members.Select(m => (Member: m, Said: SaidBy(m))).ToList();
            var left = Settling - Stopwatch.GetElapsedTime(began);
            var isDone = members.Count > 0 && members.TrueForAll(m => !IsWaitedFor(m.Member) || HasSaid(m.Said, generation));
            if (isDone || left <= TimeSpan.Zero)
            {
                var behind = members.Where(m => !Runs(m.Said, generation)).Select(m => Behind(m.Member, m.Said)).ToList();
                return new ClusterSpread(members.Count - behind.Count, members.Count, behind);
            }

            await Task.WhenAny(next, Pause(left, stop));
            stop.ThrowIfCancellationRequested();
        }
    }

    private static bool IsWaitedFor(ClusterMember member) => member is { IsReachable: true, Status: ClusterMemberStatus.Up };

    private static bool HasSaid(NodeRunsRules? said, int generation) => Runs(said, generation) || said?.Failed >= generation;

    /// <summary>A node's own rules may have any number.</summary>
    private static bool Runs(NodeRunsRules? said, int generation) => said is { IsAgreed: true } && said.Runs.Number >= generation;

    private static string Behind(ClusterMember member, NodeRunsRules? said) => (member, said) switch
    {
        ({ IsReachable: false }, _) => $"{member.Name} (cannot be reached)",
        ({ Status: ClusterMemberStatus.Joining or ClusterMemberStatus.WeaklyUp }, null) => $"{member.Name} (is about to join)",
        (_, null) => $"{member.Name} (has not said what it runs)",
        (_, { Failed: > 0 }) => $"{member.Name} (runs generation {said.Runs.Number}: {Quoted.Short(said.Why, 200)})",
        (_, { IsAgreed: false }) => $"{member.Name} (runs generation {said.Runs.Number} of its own)",
        _ => $"{member.Name} (runs generation {said.Runs.Number})",
    };

    /// <summary>Waits until this node's pipeline has put a generation in force, or has said that it cannot.</summary>
    /// <returns>What became of it here; null where that was not heard in time.</returns>
    private async Task<RuleChange?> Here(int generation, CancellationToken stop)
    {
        await Until(() => FollowedTo(generation) || CannotRun(generation), stop);
        lock (_gate) return _followed.Number == generation ? _followed.Change : null;
    }

    /// <summary>
    /// Waits until this node's pipeline knows, too, whether the generation in force waits to be confirmed. Whoever saves rules looks there.
    /// </summary>
    private Task UntilKnownHere(RuleReply reply, CancellationToken stop) => Until(
        () => _pipeline is not { } pipeline || IsKnown(pipeline.History[^1], reply) || CannotRun(reply.Generation), stop);

    private static bool IsKnown(RuleGeneration runs, RuleReply reply) =>
        runs.Number > reply.Generation
        || (runs.Number == reply.Generation && runs.ConfirmBy == AgreedHistory.TimeOf(reply.ConfirmBy));

    private bool FollowedTo(int generation)
    {
        lock (_gate) return _followed.Number >= generation;
    }

    private bool CannotRun(int generation)
    {
        lock (_gate) return _nodes.Values.Any(n => n.Said.Node == name && n.Said.Failed >= generation);
    }

    /// <summary>Waits until something is so, but not for ever.</summary>
    private async Task Until(Func<bool> isSo, CancellationToken stop)
    {
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            var (next, left) = (NextSignal(), Patience - Stopwatch.GetElapsedTime(began));
            if (isSo() || left <= TimeSpan.Zero) return;
            await Task.WhenAny(next, Pause(left, stop));
            stop.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Those who wait look again.</summary>
    private void Signal()
    {
        TaskCompletionSource signal;
        lock (_gate) (signal, _signal) = (_signal, NewSignal());
        signal.TrySetResult();
    }

    /// <returns>Ends at the next signal. It is taken before what is waited for is looked at, so that none is missed.</returns>
    private Task NextSignal()
    {
        lock (_gate) return _signal.Task;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
