using Pipeline.Actors.Routing;

namespace Pipeline.Actors.Telemetry;

/// <summary>Has the breakers of routes judge, and tells what they decide. For one thread at a time.</summary>
internal sealed class BreakerWatch(RouteBreakers breakers, RunState state)
{
    /// <inheritdoc cref="RouteBreakers.Interval"/>
    public TimeSpan? Interval => breakers.Interval;

    /// <summary>Judges. A run that ends lets everything arrive, so no route changes any more.</summary>
    /// <param name="now">The age of the run.</param>
    public void Look(TimeSpan now)
    {
        if (state.IsEnding) return;
        foreach (var (route, reading) in breakers.Look(now))
        {
            var breaker = BreakerView.Of(reading);
            if (breaker.IsOpen) state.Events.Add(PipelineEventKind.RouteOpened, route.To, breaker.Opened(route));
            else state.Events.Add(PipelineEventKind.RouteClosed, route.To, BreakerView.Closed(route));
        }
    }
}
