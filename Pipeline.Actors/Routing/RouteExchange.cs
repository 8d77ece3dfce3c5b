namespace Pipeline.Actors.Routing;

/// <summary>A change of routes for all routers.</summary>
/// <param name="Plans">One plan for each router, in their order.</param>
/// <param name="Gone">The lanes that are in no plan any more.</param>
internal sealed record RouteExchange(IReadOnlyList<RouterPlan> Plans, IReadOnlyList<Lane> Gone)
{
    public int Generation => Plans[0].Generation;
}
