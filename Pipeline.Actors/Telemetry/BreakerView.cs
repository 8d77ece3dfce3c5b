using System.Globalization;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Routing;

namespace Pipeline.Actors.Telemetry;

/// <summary>The breaker of a route.</summary>
/// <param name="IsOpen">Whether the route's packets go to the normal stack, past its consumer.</param>
/// <param name="Openings">How often it has opened.</param>
/// <param name="Dropped">The part of the route's packets, 0 to 1, that was dropped before it opened last.</param>
/// <param name="Pause">How long it stays open, or stayed the last time; null until somebody closes it.</param>
public sealed record BreakerView(bool IsOpen, long Openings, double Dropped, TimeSpan? Pause)
{
    /// <summary>Why it is open, and for how long.</summary>
    internal string InWords(BreakerOptions options)
    {
        var until = Pause is { } pause ? $"for {Seconds(pause)}" : "until somebody closes its breaker";
        return $"{Percent(Dropped)} of its packets were dropped within {Seconds(options.For)}, more than {Percent(options.Drops)}; "
            + $"they go to the normal stack {until}";
    }

    internal static BreakerView Of(BreakerReading reading) => new(reading.IsOpen, reading.Openings, reading.Dropped, reading.Pause);

    internal string Opened(RouteOptions route) => $"the route of {RouteView.WordsOf(route)} opens: {InWords(route.Breaker!)}";

    internal static string Closed(RouteOptions route) => $"the route of {RouteView.WordsOf(route)} closes; its packets come here again";

    private static string Percent(double part) => (part * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + " s";
}
