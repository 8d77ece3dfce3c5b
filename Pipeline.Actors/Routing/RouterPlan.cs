namespace Pipeline.Actors.Routing;

/// <summary>
/// Where one router's packets go: the table of its routes, and a lane along each. The router takes another plan between two bundles,
/// whole, so that every bundle is routed by exactly one. Lanes that both plans have go on with what they hold.
/// </summary>
/// <param name="Table">The router's own, because it remembers answers for one thread.</param>
/// <param name="Lanes">One to each route of <paramref name="Table"/>, in its order.</param>
/// <param name="Generation">Counts up with every exchange of routes; the same for all routers.</param>
internal sealed record RouterPlan(RouteTable Table, IReadOnlyList<Lane> Lanes, int Generation = 1);
