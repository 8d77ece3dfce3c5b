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
        var kinds = found.SelectMany(f => f.Read()).GroupBy(kind => (kind.Before, kind.After))
            .Select(g => (g.Key.Before, g.Key.After, Packets: PacketTally.Sum(g.Select(kind => kind.Packets)), g.First().Example))
            .OrderByDescending(kind => kind.Packets.Packets).ToList();
        var (otherWay, sameWay) = (kinds.Where(IsRerouted).Select(k => k.Packets), kinds.Where(k => !IsRerouted(k)).Select(k => k.Packets));
        return new TrialView
        {
            Text = Table.Rules.Source.Text,
            Source = Table.Rules.Source.Name,
            Who = Who,
            Since = Since,
            Rules = Table.Rules.Rules.Count,
            Against = against,
            Compared = PacketTally.Sum(found.Select(f => f.Compared)),
            Rerouted = PacketTally.Sum(otherWay),
            Remarked = PacketTally.Sum(sameWay),
            Unjudged = found.Sum(f => f.Unjudged),
            IsBehindDevice = isBehindDevice,
            Shifts = [.. kinds.Select(k => new TrialShift(k.Before.InWords(found[0].InForce!, routes), k.After.InWords(Table, routes), k.Packets, k.Example))],
            Beyond = PacketTally.Sum(found.Select(f => f.Beyond)),
            Failure = _ports.Select(p => p.Port.Failure).FirstOrDefault(f => f is not null),
        };

        bool IsRerouted((Judgement Before, Judgement After, PacketTally Packets, string Example) kind) => kind.Before.Way(routes) != kind.After.Way(routes);
    }
}
