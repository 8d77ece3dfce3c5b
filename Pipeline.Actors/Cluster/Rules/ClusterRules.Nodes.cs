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
    public void OnNode(NodeRunsRules node)
    {
        var members = view().Members;
        lock (_gate)
        {
            _nodes[node.Uid] = (node, Clock.GetTimestamp());
            foreach (var gone in _nodes.Keys.Where(uid => uid != node.Uid && members.All(m => m.Uid != uid)).ToList()) _nodes.Remove(gone);
        }

        Signal();
    }

    /// <summary>The same view with what each member runs, and who has the authority.</summary>
    public ClusterView Describe(ClusterView seen) => seen with
    {
        Members = [.. seen.Members.Select(Describe)],
        RuleAuthority = AuthorityOf(seen),
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

    /// <summary>The unique id of the member that said last that it has the authority; null while none has said so of late.</summary>
    public long? AuthorityUid
    {
        get
        {
            lock (_gate)
            {
                var claims = _nodes.Values.Where(n => n.Said.HasAuthority && Clock.GetElapsedTime(n.At) < Silence);
                return claims.OrderByDescending(n => n.At).Select(n => (long?)n.Said.Uid).FirstOrDefault();
            }
        }
    }

    /// <returns>The name of the member that has the authority; null while none is known to.</returns>
    private string? AuthorityOf(ClusterView seen)
    {
        lock (_gate)
        {
            return seen.Members.Where(m => m.IsReachable).FirstOrDefault(m =>
                _nodes.TryGetValue(m.Uid, out var node) && node.Said.HasAuthority && Clock.GetElapsedTime(node.At) < Silence)?.Name;
        }
    }

    /// <summary>Waits until all members that can be reached run a generation or say that they cannot, but not for ever.</summary>
    private async Task<ClusterSpread> Spread(int generation, CancellationToken stop)
    {
        for (var began = Clock.GetTimestamp(); ;)
        {
            var next = NextSignal();
            var members = view().Members.Select(m => (Member: m, Said: SaidBy(m))).ToList();
            var left = Settling - Clock.GetElapsedTime(began);
            var isDone = members.Count > 0 && members.TrueForAll(m => !m.Member.IsReachable || HasSaid(m.Said, generation));
            if (isDone || left <= TimeSpan.Zero)
            {
                var behind = members.Where(m => !(m.Said?.Runs.Number >= generation)).Select(m => Behind(m.Member, m.Said)).ToList();
                return new ClusterSpread(members.Count - behind.Count, members.Count, behind);
            }

            await Task.WhenAny(next, Pause(left, stop));
            stop.ThrowIfCancellationRequested();
        }
    }

    private static bool HasSaid(NodeRunsRules? said, int generation) => said?.Runs.Number >= generation || said?.Failed >= generation;

    private static string Behind(ClusterMember member, NodeRunsRules? said) => (member.IsReachable, said) switch
    {
        (false, _) => $"{member.Name} (cannot be reached)",
        (_, null) => $"{member.Name} (has not said what it runs)",
        (_, { Failed: > 0 }) => $"{member.Name} (runs generation {said.Runs.Number}: {Quoted.Short(said.Why, 200)})",
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
        for (var began = Clock.GetTimestamp(); ;)
        {
            var (next, left) = (NextSignal(), Patience - Clock.GetElapsedTime(began));
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
