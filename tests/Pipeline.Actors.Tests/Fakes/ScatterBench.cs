using Pipeline.Actors.Configuration;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>A router's insides on a bench: a source, routes, and a list behind each consumer instance.</summary>
internal sealed class ScatterBench : IDisposable
{
    private readonly Dictionary<string, ConsumerGroup> _groups = [];
    private readonly PacketSource _source;
    private readonly BundlePool _outgoing;
    private readonly int _instances;
    private readonly int _bundleLimit;
    private readonly int _queueIndex;
    private readonly ReleasedFlows? _released;
    private readonly bool _passesReleased;

    public ScatterBench(PacketSource source, RouteOptions[] routes, int instances = 1, int bundlePackets = 64, int bundleLimit = 1000, int queueIndex = 0, bool isOfCopies = false, ReleasedFlows? released = null, bool passesReleased = true)
    {
        _source = source;
        _outgoing = new BundlePool(bundlePackets);
        (_instances, _bundleLimit, _queueIndex) = (instances, bundleLimit, queueIndex);
        (_released, _passesReleased) = (released, passesReleased);
        Scatter = new Scatter(Plan(routes, []), isOfCopies, released);
    }

    public Scatter Scatter { get; }

    public LedgerSnapshot Books => _source.Ledger.Read();

    public IEnumerable<BundleList> Targets => _groups.Values.SelectMany(g => g.Instances).Cast<BundleList>();

    public BundleList this[string group, int instance = 0] => (BundleList)_groups[group].Instances[instance];

    /// <summary>So many instances of a group: those there are, and new ones. As the root keeps them, not as the router sees them.</summary>
    public IReadOnlyList<IBundleTarget> Resize(string group, int instances)
    {
        var before = _groups[group].Instances;
        IReadOnlyList<IBundleTarget> targets = [.. Enumerable.Range(0, instances).Select(i => i < before.Count ? before[i] : new BundleList(i))];
        _groups[group] = _groups[group] with { Instances = [.. targets, .. before.Skip(instances)] };
        return targets;
    }

    /// <summary>Those of a group's instances, by their places; the others leave.</summary>
    public IReadOnlyList<IBundleTarget> Keep(string group, params int[] places) => [.. places.Select(i => _groups[group].Instances[i])];

    /// <summary>Other routes from the next bundle on; those that were there before keep their lanes.</summary>
    public void Exchange(params RouteOptions[] routes) => Scatter.Exchange(PlanOf(routes));

    public RouterPlan PlanOf(params RouteOptions[] routes) => Plan(routes, [.. Scatter.Lanes]);

    public Lane Lane(string to) => Scatter.Lanes.First(l => l.Route.To == to);

    /// <summary>What the instances of a group release flows with; null where the bench has no released flows.</summary>
    public FlowReleaser? ReleaserOf(string group) => _groups[group].Releaser;

    public long Dropped(string group, DropReason reason) => _groups[group].Account.DroppedTally(reason).Packets;

    public long CopiesDropped(string group, DropReason reason) => _groups[group].Copies.DroppedTally(reason).Packets;

    /// <summary>Routes a bundle and sends on what came of it.</summary>
    public bool Route(PageBundle bundle)
    {
        var done = Scatter.Route(bundle);
        Scatter.Flush();
        return done;
    }

    /// <summary>Everything that was sent is consumed; the books must balance and every page be home.</summary>
    public LedgerSnapshot Settle()
    {
        Scatter.Flush();
        Scatter.SendAllHeld();
        foreach (var target in Targets) target.DisposeAll();
        var books = Books;
        Assert.True(books.BalancesAtRest, books.ToString());
        return books;
    }

    public void Dispose()
    {
        Scatter.Dispose();
        _source.Dispose();
    }

    private RouterPlan Plan(RouteOptions[] routes, List<Lane> before)
    {
        var table = new RouteTable(routes, passesReleased: _released is not null && _passesReleased);
        return new RouterPlan(table, [.. table.Routes.Select(route => Kept(route, before) ?? NewLane(route))]);
    }

    private static Lane? Kept(RouteOptions route, List<Lane> before)
    {
        var at = before.FindIndex(lane => lane.Route == route);
        if (at < 0) return null;
        var lane = before[at];
        before.RemoveAt(at);
        return lane;
    }

    private Lane NewLane(RouteOptions route)
    {
        if (!_groups.ContainsKey(route.To)) _groups.Add(route.To, Group(route.To, _instances));
        var lane = new Lane(route, route.Overload ?? Overload.DropNew, _groups[route.To], _source.Pool, _outgoing, new QueuePlace(_queueIndex, _queueIndex + 1), _bundleLimit);
        if (lane.SpillPool is { } spill) _source.Ledger.AddPool(spill);
        return lane;
    }

    private ConsumerGroup Group(string name, int instances) => new(
        name,
        [.. Enumerable.Range(0, name == RouteTable.StackGroup ? 1 : instances).Select(i => new BundleList(i))],
        _source.Ledger.AddAccount(name, name == RouteTable.StackGroup ? AccountKind.Stack : AccountKind.Consumer),
        _source.Ledger.AddAccount(name, AccountKind.Copy),
        _released?.For(name));
}
