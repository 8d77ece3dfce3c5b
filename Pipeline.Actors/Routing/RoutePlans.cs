using Pipeline.Actors.Configuration;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>
/// The routes of a pipeline, and the plan of each router. While the pipeline runs, only the root changes it; <see cref="Plans"/> is for any
/// thread.
/// </summary>
internal sealed class RoutePlans
{
    /// <summary>
    /// The fewest bundles that a lane may have out. All lanes together may usually have <see cref="UsualMailboxBundles"/> out.
    /// </summary>
    private const int FewestBundles = 16;

    private const int UsualMailboxBundles = 4096;

    /// <summary>
    /// Bundles that several other nodes may have on their way to one instance, each as many bytes as a link's window for an instance has,
    /// even if every bundle is a short packet.
    /// </summary>
    private const int MailboxBundlesOfOthers = 60_000;

    private readonly PipelineSetup _setup;
    private readonly Func<string, ConsumerGroup> _groupOf;
    private readonly Ledger _ledger;
    private readonly List<(PagePool Pool, BundlePool Outgoing)> _queues = [];
    private readonly IReadOnlyList<(RouteOptions Route, RouteRelief? Relief)> _first;
    private readonly IReadOnlyList<RouteBreaker?> _breakers;
    private readonly int _bundleLimit;
    private IReadOnlyList<RouteOptions> _routes;
    private RouterPlan[] _plans = [];
    private int _generation = 1;

    public RoutePlans(PipelineSetup setup, Func<string, ConsumerGroup> groupOf, Ledger ledger)
    {
        (_setup, _groupOf, _ledger) = (setup, groupOf, ledger);
        _routes = TableOf(setup.Options.Routes).Routes;
        _first = [.. _routes.Select((route, i) => (route, ReliefOf(route, i)))];
        _breakers = [.. _first.Select(f => f is { Route.Breaker: not null, Relief: { } relief } ? new RouteBreaker(f.Route, relief) : null)];
        Breakers = new RouteBreakers([.. _breakers.OfType<RouteBreaker>()], () => Plans);

        // A stretch may give a lane two bundles more than it asked for.
        var lanes = _routes.Count * Math.Max(1, setup.Nic.Queues.Count + (setup.Nic.Copies is null ? 0 : 1));
        MailboxBundles = Math.Max(UsualMailboxBundles, lanes * FewestBundles);
        _bundleLimit = (MailboxBundles / lanes) - 2;
        if (setup.Options.Consumers.Values.Any(c => c.IsFor(setup.Options.Cluster))) MailboxBundles += MailboxBundlesOfOthers;
    }

    /// <summary>Bundles that a mailbox must take: those of all lanes at the start, in case they all lead to one consumer.</summary>
    public int MailboxBundles { get; }

    /// <summary>One plan for each router, in their order. Any thread.</summary>
    public IReadOnlyList<RouterPlan> Plans => Volatile.Read(ref _plans);

    /// <summary>The routes in the order they are tried, including the implicit one.</summary>
    public IReadOnlyList<RouteOptions> All => _routes;

    /// <summary>The breakers of the routes of the beginning. Any thread.</summary>
    public RouteBreakers Breakers { get; }

    /// <summary>The plan of one more queue's router. Before anything runs.</summary>
    public RouterPlan AddQueue(PagePool pool, BundlePool outgoing)
    {
        _queues.Add((pool, outgoing));
        var plan = new RouterPlan(TableOf(_routes), [.. _first.Select(f => NewLane(f.Route, _queues.Count - 1, f.Relief))]);
        foreach (var lane in plan.Lanes) Enter(lane);
        for (var i = 0; i < _breakers.Count; i++) _breakers[i]?.Watch(plan.Lanes[i]);
        _plans = [.. _plans, plan];
        return plan;
    }

    /// <summary>
    /// Gets told how many instances of a group take packets; null where no route of the beginning wants to know. One for each group.
    /// </summary>
    public GroupDoor? DoorOf(string group)
    {
        var reliefs = _first.Where(f => f.Route.OnFailure == OnFailure.ToStack && f.Route.To == group).Select(f => f.Relief);
        return reliefs.OfType<RouteRelief>().ToList() is { Count: > 0 } found ? new GroupDoor(found) : null;
    }

    public bool LeadTo(string group) => LaneCount(group) > 0;

    /// <exception cref="InvalidOperationException">
    /// The limit of routes is reached, the mailbox of the group has no room for one more, or no route leads to the stack that this one
    /// falls back on.
    /// </exception>
    public void CheckRoom(RouteOptions route)
    {
        string? why = null;
        if (_routes.Count >= RouteTable.MaxRoutes) why = $"there are {_routes.Count} routes already, as many as there can be";
        else if (LaneCount(route.To) >= _first.Count)
            why = $"as many routes lead to {route.To} as its mailbox has room for: {_first.Count}";
        else if (route.NeedsStack && _routes[^1].To != RouteTable.StackGroup)
            why = "no route leads to the stack, so no other can fall back on it";
        else if (route.ReleasesToStack && PassesReleased && !_routes.Any(r => r.IsForReleased))
            why = "no route of the beginning has `release = stack`, so none can have it now";
        if (why is not null) throw new InvalidOperationException(why);
    }

    /// <summary>Adds a route in front of all others. Only after <see cref="CheckRoom"/>, and while its group has instances.</summary>
    public RouteExchange Add(RouteOptions route)
    {
        IReadOnlyList<RouteOptions> routes = [route, .. _routes];
        var lanes = new List<Lane>();
        try
        {
            for (var queue = 0; queue < _queues.Count; queue++) lanes.Add(NewLane(route, queue));
        }
        catch
        {
            // Pools that were mapped before one that could not be must not stay.
            foreach (var lane in lanes) lane.Dispose();
            throw;
        }

        foreach (var lane in lanes) Enter(lane);
        return Become(routes, [.. _plans.Select((plan, queue) => PlanOf(routes, [lanes[queue], .. plan.Lanes]))], []);
    }

    /// <summary>Removes a route. Of several equal ones, the first is removed.</summary>
    /// <returns>Null when there is none, or when it is the last, which takes what no other does.</returns>
    public RouteExchange? Remove(RouteOptions route)
    {
        var at = _routes.SkipLast(1).ToList().IndexOf(route);
        if (at < 0) return null;
        RouteOptions[] routes = [.. _routes.Where((_, i) => i != at)];
        var gone = _plans.Select(plan => plan.Lanes[at]).ToList();
        return Become(routes, [.. _plans.Select(plan => PlanOf(routes, [.. plan.Lanes.Where((_, i) => i != at)]))], gone);
    }

    private RouteExchange Become(IReadOnlyList<RouteOptions> routes, RouterPlan[] plans, IReadOnlyList<Lane> gone)
    {
        _routes = routes;
        _generation++;
        Volatile.Write(ref _plans, plans);
        return new RouteExchange(plans, gone);
    }

    private RouterPlan PlanOf(IReadOnlyList<RouteOptions> routes, IReadOnlyList<Lane> lanes) =>
        new(TableOf(routes), lanes, _generation + 1);

    private int LaneCount(string group) => _routes.Count(route => route.To == group);

    private RouteTable TableOf(IEnumerable<RouteOptions> routes) => new(routes, _setup.KeepOut is not null, PassesReleased);

    /// <summary>What a device took away can only be given back by way of a TAP.</summary>
    private bool PassesReleased =>
        _setup.Nic is not { Traits.TakesFromStack: true, Offload: not null }
        || _setup.Options.Consumers.GetValueOrDefault(RouteTable.StackGroup)?.To is not null;

    private Lane NewLane(RouteOptions route, int queue, RouteRelief? relief = null)
    {
        var (pool, outgoing) = _queues[queue];

        // Copies come after all queues, and go to the instances that the first queue's packets go to.
        var place = new QueuePlace(queue % _setup.Nic.Queues.Count, _setup.Nic.Queues.Count);
        return new Lane(route, OverloadOf(route), _groupOf(route.To), pool, outgoing, place, _bundleLimit, relief);
    }

    private RouteRelief? ReliefOf(RouteOptions route, int index) =>
        route.FallsBackOnStack ? new RouteRelief(_setup.Nic.Traits.TakesFromStack ? _setup.Nic.Offload : null, index) : null;

    private void Enter(Lane lane)
    {
        if (lane.SpillPool is { } spill) _ledger.AddPool(spill);
    }

    /// <summary>
    /// A source that may wait does so, unless its route says otherwise. A copy never goes to the stack, because its packet gets there by
    /// itself.
    /// </summary>
    private Overload OverloadOf(RouteOptions route)
    {
        var overload = route.Overload ?? (_setup.Nic.Traits.MayWait ? Overload.Wait : Overload.DropNew);
        return overload == Overload.ToStack && route.Copy ? Overload.DropNew : overload;
    }
}
