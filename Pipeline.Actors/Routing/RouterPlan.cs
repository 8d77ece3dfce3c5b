namespace Pipeline.Actors.Routing;

/// <summary>
/// Where one router's packets go: the table of its routes, and a lane for each route. The router takes another plan as a whole, between two
/// bundles, so that every bundle is routed by exactly one plan. Lanes that are in both plans keep what they hold.
/// </summary>
/// <param name="Table">The router's own, because it remembers answers for one thread.</param>
/// <param name="Lanes">One lane for each route of <paramref name="Table"/>, in its order.</param>
/// <param name="Generation">Increases with every exchange of routes; the same for all routers.</param>
internal sealed record RouterPlan(RouteTable Table, IReadOnlyList<Lane> Lanes, int Generation = 1);
