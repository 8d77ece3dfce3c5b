namespace Pipeline.Actors.Routing;

/// <summary>Other routes for all routers.</summary>
/// <param name="Plans">One to each router, in their order.</param>
/// <param name="Gone">The lanes that no plan has any more.</param>
internal sealed record RouteExchange(IReadOnlyList<RouterPlan> Plans, IReadOnlyList<Lane> Gone)
{
    public int Generation => Plans[0].Generation;
}
