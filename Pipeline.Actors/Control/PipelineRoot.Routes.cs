using Akka.Actor;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Telemetry;

namespace Pipeline.Actors.Control;

/// <summary>Adds routes and takes routes away while packets flow.</summary>
/// <remarks>
/// <code>
///   AddRoute, RemoveRoute ── the agent offers plans ──RoutesOffered──> routers TakeRoutes ── all RoutesTaken ──> pools leave the books
///                                                                             a group without routes completes ──┘  └──> done
/// </code>
/// A router has taken routes when no packet goes by earlier ones, and everything that removed lanes sent has come home.
/// </remarks>
internal sealed partial class PipelineRoot
{
    private void AddRoute(GroupChanges change, RouteOptions route)
    {
        _topology.Routes.CheckRoom(route);
        var joining = _topology.Groups.Open(route.To, _topology.Placement);
        Exchange(change, AddTo(route, joining));
    }

    /// <summary>A group that was opened for a route that cannot be made is closed again: nobody starts its instances.</summary>
    private RouteExchange AddTo(RouteOptions route, IReadOnlyList<ConsumerInstance> joining)
    {
        try
        {
            var exchange = _topology.Routes.Add(route);
            foreach (var consumer in joining) StartConsumer(consumer);
            return exchange;
        }
        catch
        {
            if (joining.Count > 0) _topology.Groups.Close(route.To);
            throw;
        }
    }

    private void RemoveRoute(GroupChanges change, RouteOptions route)
    {
        if (_topology.Routes.Remove(route) is { } exchange) Exchange(change, exchange);
        else End(change, OrderAnswer.Unknown);
    }

    private void Exchange(GroupChanges change, RouteExchange exchange)
    {
        change.Routes = exchange;
        change.RoutersToGo = _routers.Count;
        _agent.Tell(new RuleProtocol.ExchangeRoutes(exchange.Plans));
    }

    private void OnRoutesOffered(int generation)
    {
        foreach (var router in _routers) router.Tell(new RouterProtocol.TakeRoutes(generation));
        if (_routers.Count == 0) OnRoutesTaken(generation);
    }

    private void OnRoutesTaken(int generation)
    {
        if (_changes.Values.FirstOrDefault(c => c.Routes?.Generation == generation) is not { } change || --change.RoutersToGo > 0) return;
        var (group, isNew) = (change.Order.Name, change.Order is RootProtocol.AddRoute);
        foreach (var lane in change.Routes!.Gone)
        {
            if (lane.SpillPool is { } spill) _topology.Ledger.RemovePool(spill);
        }

        if (isNew) _state.Events.Add(PipelineEventKind.RouteAdded, group, $"one more route leads here, by routes {generation}");
        else _state.Events.Add(PipelineEventKind.RouteRemoved, group, $"one route less leads here, by routes {generation}");
        if (!_topology.Routes.LeadTo(group)) change.Leaving.UnionWith(_topology.Groups.Close(group));
        Leave(change);
    }
}
