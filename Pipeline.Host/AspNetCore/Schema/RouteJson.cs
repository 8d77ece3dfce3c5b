using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Schema;

/// <param name="Mark">The mark in the form of routes; null for a route that takes all marks.</param>
/// <param name="PagesHeld">The pages of the pool that it holds, over all queues.</param>
/// <param name="PagesLimit">The pages that it may hold.</param>
/// <param name="Breaker">Absent for a route that has none.</param>
internal sealed record RouteJson(
    string? Mark, string To, bool Copy, string Balance, string Overload, long Packets, long Bytes, RateJson Rate, DropsJson Dropped, int PagesHeld, int PagesLimit,
    BreakerJson? Breaker)
{
    public static RouteJson Of(RouteView route)
    {
        var options = route.Options;
        return new(
            options.MarkMask == 0 ? null : MarkNumber.Text(options.Mark, options.MarkMask),
            options.To,
            options.Copy,
            JsonWord.Of(options.Balance),
            JsonWord.Of(route.Overload),
            route.Taken.Packets,
            route.Taken.Bytes,
            RateJson.Of(route.Rate),
            DropsJson.Of(route.DroppedByReason),
            route.Pages,
            route.PagesLimit,
            route.Breaker is { } breaker ? BreakerJson.Of(breaker) : null);
    }
}

/// <summary>The breaker of a route.</summary>
/// <param name="Open">Whether the route's packets go to the normal stack.</param>
/// <param name="Openings">How often it has opened.</param>
/// <param name="Dropped">The part of the route's packets, 0 to 1, that was dropped before it opened last; absent before the first time.</param>
/// <param name="PauseSeconds">How long it stays open, or stayed the last time; absent if only an order closes it.</param>
internal sealed record BreakerJson(bool Open, long Openings, double? Dropped, double? PauseSeconds)
{
    public static BreakerJson Of(BreakerView breaker) =>
        new(breaker.IsOpen, breaker.Openings, breaker.Openings > 0 ? Math.Round(breaker.Dropped, 4) : null, breaker.Pause?.TotalSeconds);
}
