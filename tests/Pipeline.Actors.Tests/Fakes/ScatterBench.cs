using Pipeline.Actors.Configuration;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>A router's insides on a bench: a source, routes, and a list behind each consumer instance.</summary>
internal sealed class ScatterBench : IDisposable
{
    private readonly Dictionary<string, ConsumerGroup> _groups;
    private readonly PacketSource _source;

    public ScatterBench(PacketSource source, RouteOptions[] routes, int instances = 1, int bundlePackets = 64, int bundleLimit = 1000, int queueIndex = 0)
    {
        _source = source;
        var table = new RouteTable(routes);
        _groups = table.Routes.Select(r => r.To).Distinct().ToDictionary(name => name, name => Group(name, instances));
        var outgoing = new BundlePool(bundlePackets);
        Scatter = new Scatter(table, [.. table.Routes.Select(r =>
            new Lane(r, r.Overload ?? Overload.DropNew, _groups[r.To], source.Pool, outgoing, queueIndex, bundleLimit))]);
        foreach (var lane in Scatter.Lanes.Where(l => l.SpillPool is not null)) source.Ledger.AddPool(lane.SpillPool!);
    }

    public Scatter Scatter { get; }

    public LedgerSnapshot Books => _source.Ledger.Read();

    public IEnumerable<BundleList> Targets => _groups.Values.SelectMany(g => g.Instances).Cast<BundleList>();

    public BundleList this[string group, int instance = 0] => (BundleList)_groups[group].Instances[instance];

    /// <summary>So many instances of a group: those there are, and new ones. As the root keeps them, not as the router sees them.</summary>
    public IReadOnlyList<IBundleTarget> Resize(string group, int instances)
    {
        var before = _groups[group].Instances;
        IReadOnlyList<IBundleTarget> targets = [.. Enumerable.Range(0, instances).Select(i => i < before.Count ? before[i] : new BundleList())];
        _groups[group] = _groups[group] with { Instances = [.. targets, .. before.Skip(instances)] };
        return targets;
    }

    public Lane Lane(string to) => Scatter.Lanes.First(l => l.Route.To == to);

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

    private ConsumerGroup Group(string name, int instances) => new(
        name,
        [.. Enumerable.Range(0, name == RouteTable.StackGroup ? 1 : instances).Select(_ => new BundleList())],
        _source.Ledger.AddAccount(name, name == RouteTable.StackGroup ? AccountKind.Stack : AccountKind.Consumer),
        _source.Ledger.AddAccount(name, AccountKind.Copy));
}
