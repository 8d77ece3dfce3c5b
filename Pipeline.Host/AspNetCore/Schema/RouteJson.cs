using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Schema;

/// <param name="Mark">The mark in the form of routes; null for a route that takes all marks.</param>
/// <param name="PagesHeld">The pages of the pool that it holds, over all queues.</param>
/// <param name="PagesLimit">The pages that it may hold.</param>
internal sealed record RouteJson(
    string? Mark, string To, bool Copy, string Balance, string Overload, long Packets, long Bytes, RateJson Rate, DropsJson Dropped, int PagesHeld, int PagesLimit)
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
            route.PagesLimit);
    }
}
