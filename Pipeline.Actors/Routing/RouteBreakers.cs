using Pipeline.Actors.Configuration;

namespace Pipeline.Actors.Routing;

/// <summary>A breaker that has opened or closed by itself.</summary>
internal readonly record struct BreakerChange(RouteOptions Route, BreakerReading Breaker);

/// <summary>The breakers of a pipeline's routes. Any thread. Nothing here is on the way of a packet.</summary>
/// <param name="all">Those of the routes of the beginning that have one, in their order.</param>
/// <param name="plans">The plans that routers go by.</param>
internal sealed class RouteBreakers(IReadOnlyList<RouteBreaker> all, Func<IReadOnlyList<RouterPlan>> plans)
{
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();

    /// <summary>How often <see cref="Look"/> wants to be called; null where no route has a breaker.</summary>
    public TimeSpan? Interval => all.Count == 0 ? null : all.Select(b => b.Interval).Append(LongestInterval).Min();

    /// <summary>Judges all of them.</summary>
    /// <param name="now">The time since any fixed moment.</param>
    /// <returns>Those that have opened or closed.</returns>
    public IReadOnlyList<BreakerChange> Look(TimeSpan now)
    {
        List<BreakerChange> changes = [];
        lock (_gate)
        {
            var lanes = plans().SelectMany(plan => plan.Lanes).ToList();
            foreach (var breaker in all)
            {
                if (breaker.Look(now, lanes) != BreakerTurn.None) changes.Add(new BreakerChange(breaker.Route, breaker.Reading));
            }
        }

        return changes;
    }

    /// <summary>Closes those of all routes to a group.</summary>
    /// <returns>The routes that were open; null when no route to the group has a breaker.</returns>
    public IReadOnlyList<RouteOptions>? Close(string group)
    {
        lock (_gate)
        {
            var found = all.Where(b => b.Route.To == group).ToList();
            return found.Count == 0 ? null : [.. found.Where(b => b.Close()).Select(b => b.Route)];
        }
    }

    /// <summary>The breaker of a lane's route; null where it has none.</summary>
    public BreakerReading? Of(Lane lane)
    {
        if (all.Count == 0) return null;
        lock (_gate) return all.FirstOrDefault(b => b.Has(lane))?.Reading;
    }
}
