using Pipeline.Actors.Telemetry;

namespace Pipeline.Host.Schema;

/// <summary>Answer of <c>GET /api/v1/events</c>.</summary>
/// <param name="Last">The number of the last event; 0 before the first.</param>
/// <param name="Missed">The number of events that were asked for and are no longer kept.</param>
/// <param name="Events">Those that are kept, oldest first.</param>
internal sealed record EventsJson(long Last, long Missed, IReadOnlyList<EventJson> Events)
{
    /// <param name="after">Only events with higher numbers.</param>
    public static EventsJson Of(EventLog log, long after)
    {
        // In this order: an event that comes in between must not be behind a reader who has not got it.
        var newest = log.Last;
        var events = log.Read(after);
        var last = events.Count > 0 ? events[^1].Number : newest;
        return new(last, Math.Max(0, last - after - events.Count), Projection.Of(events, EventJson.Of));
    }
}

/// <summary>One thing that happened.</summary>
/// <param name="Number">Increases by one, from 1.</param>
/// <param name="Kind">The kind, such as <c>rules-changed</c>.</param>
internal sealed record EventJson(long Number, DateTimeOffset When, string Kind, string Where, string Words)
{
    public static EventJson Of(PipelineEvent happened) =>
        new(happened.Number, happened.When, JsonWord.Of(happened.Kind), happened.Where, happened.Words);
}
