using System.Diagnostics;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Trials;

/// <summary>One set of rules on trial at all routers of a pipeline. Any thread.</summary>
[DebuggerDisplay("{Table} on trial for {Who}")]
internal sealed class Trial
{
    private readonly IReadOnlyList<(RouterCell Router, ShadowPort Port)> _ports;

    public Trial(MarkTable table, string who, DateTimeOffset since, IEnumerable<RouterCell> routers)
    {
        (Table, Who, Since) = (table, who, since);
        _ports = [.. routers.Select(router => (router, new ShadowPort(table)))];
    }

    public MarkTable Table { get; }

    public string Who { get; }

    public DateTimeOffset Since { get; }

    /// <summary>Has routers show it their packets. Once.</summary>
    public void Begin()
    {
        foreach (var (router, port) in _ports) router.Shadows.Add(port);
    }

    /// <summary>Has routers show it nothing more, but for a bundle that one is judging at this moment.</summary>
    public void End()
    {
        foreach (var (router, port) in _ports) router.Shadows.Remove(port);
    }

    /// <summary>What was found so far.</summary>
    /// <param name="routes">The routes that packets go along. A table of the caller's, because it remembers answers for one thread.</param>
    /// <param name="isBehindDevice">Whether a device leaves packets to the kernel.</param>
    public TrialView View(RouteTable routes, bool isBehindDevice)
    {
        foreach (var (_, port) in _ports) port.Prepare();
        var found = _ports.Select(p => p.Port.Found).Where(f => f.InForce is not null).ToList();
        var against = found.Count == 0 ? (int?)null : found.Max(f => f.InForce!.Generation);

        // A router that has seen no packet since the rules changed still compares with those before.
        found.RemoveAll(f => f.InForce!.Generation != against);
        var shifts = found.SelectMany(f => f.Read().Select(kind => ShiftOf(kind, f.InForce!, routes)))
            .GroupBy(s => (s.Before, s.After))
            .Select(g => new TrialShift(g.Key.Before, g.Key.After, Sum(g.Select(s => s.Packets)), g.First().Example))
            .OrderByDescending(s => s.Packets.Packets).ToList();
        return new TrialView
        {
            Text = Table.Rules.Source.Text,
            Source = Table.Rules.Source.Name,
            Who = Who,
            Since = Since,
            Rules = Table.Rules.Rules.Count,
            Against = against,
            Compared = Sum(found.Select(f => f.Compared)),
            Rerouted = Sum(shifts.Where(s => s.Before.Route != s.After.Route).Select(s => s.Packets)),
            Remarked = Sum(shifts.Where(s => s.Before.Route == s.After.Route).Select(s => s.Packets)),
            Unjudged = found.Sum(f => f.Unjudged),
            IsBehindDevice = isBehindDevice,
            Shifts = shifts,
            Beyond = Sum(found.Select(f => f.Beyond)),
            Failure = _ports.Select(p => p.Port.Failure).FirstOrDefault(f => f is not null),
        };
    }

    private TrialShift ShiftOf(
        (Judgement Before, Judgement After, PacketTally Packets, string Example) kind, MarkTable inForce, RouteTable routes) =>
        new(VerdictOf(kind.Before, inForce, routes), VerdictOf(kind.After, Table, routes), kind.Packets, kind.Example);

    private static RuleVerdict VerdictOf(Judgement judgement, MarkTable table, RouteTable routes)
    {
        var rule = judgement.Rule == 0 ? null : table.Rules.Rules[judgement.Rule - 1].Name;
        return new RuleVerdict(rule, judgement.Mark, routes.InWords(judgement.Mark, judgement.Flags)) { IsKeptOut = judgement.IsKeptOut };
    }

    private static PacketTally Sum(IEnumerable<PacketTally> tallies) => tallies.Aggregate(default(PacketTally), PacketTally.Add);
}
