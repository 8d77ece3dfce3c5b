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

/// <summary>One thing that happened. Which of the later fields there are depends on the kind.</summary>
/// <param name="Number">Increases by one, from 1.</param>
/// <param name="Kind">The kind, such as <c>rules-changed</c>.</param>
/// <param name="Level"><c>information</c>, <c>warning</c> or <c>error</c>.</param>
internal sealed record EventJson(long Number, DateTimeOffset When, string Kind, string Where, string Words, string Level)
{
    public string? Who { get; init; }

    public int? Generation { get; init; }

    /// <summary>Packets that were lost.</summary>
    public long? Packets { get; init; }

    /// <summary>Why they were lost.</summary>
    public string? Reason { get; init; }

    /// <summary>How long it lasted.</summary>
    public double? Seconds { get; init; }

    /// <summary>The final books, at the end of a run.</summary>
    public LedgerJson? Ledger { get; init; }

    public static EventJson Of(PipelineEvent happened) =>
        new(happened.Number, happened.When, JsonWord.Of(happened.Kind), happened.Where, happened.Words, JsonWord.Of(happened.Level))
        {
            Who = happened.Who,
            Generation = happened.Generation,
            Packets = happened.Packets,
            Reason = happened.Reason,
            Seconds = happened.Lasted?.TotalSeconds,
            Ledger = happened.Final is { } view ? LedgerJson.Of(view) : null,
        };
}
