namespace Pipeline.Actors.Routing;

/// <summary>Where a packet goes.</summary>
/// <param name="Final">The index of the route that decides its account.</param>
/// <param name="Copies">The routes that get a copy, a bit each.</param>
public readonly record struct RouteDecision(int Final, ulong Copies);
