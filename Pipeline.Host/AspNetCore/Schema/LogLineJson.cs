using Pipeline.Actors.Telemetry;

namespace Pipeline.Host.Schema;

/// <summary>A line of a log in JSON: an event with the fields of <see cref="EventJson"/>, or whatever else there is to say.</summary>
/// <param name="Schema">Changes if a field goes or gets another meaning.</param>
/// <param name="Level"><c>information</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Kind">That of the event, or <c>message</c> for what is no event: warnings and errors of the start, progress, answers to signals.</param>
internal sealed record LogLineJson(string Schema, DateTimeOffset When, string Level, string Kind, string? Where, string Words)
{
    private const string Version = "pipeline.event/1";

    /// <summary>The number of the event.</summary>
    public long? Number { get; init; }

    public string? Who { get; init; }

    public int? Generation { get; init; }

    public long? Packets { get; init; }

    public string? Reason { get; init; }

    public double? Seconds { get; init; }

    public LedgerJson? Ledger { get; init; }

    public static LogLineJson Of(PipelineEvent happened)
    {
        var told = EventJson.Of(happened);
        return new LogLineJson(Version, told.When, told.Level, told.Kind, told.Where, told.Words)
        {
            Number = told.Number,
            Who = told.Who,
            Generation = told.Generation,
            Packets = told.Packets,
            Reason = told.Reason,
            Seconds = told.Seconds,
            Ledger = told.Ledger,
        };
    }

    /// <param name="words">What would be a line, or some, on a terminal.</param>
    public static LogLineJson Of(DateTimeOffset when, string words) => new(Version, when, JsonWord.Of(LevelOf(words)), "message", Where: null, words);

    /// <summary>Messages begin with what they are, or with a place and then that.</summary>
    private static PipelineEventLevel LevelOf(string words)
    {
        var first = words.AsSpan(0, words.IndexOf('\n') is >= 0 and var end ? end : words.Length);
        return first.StartsWith("error: ") || first.Contains(": error: ", StringComparison.Ordinal) ? PipelineEventLevel.Error
            : first.StartsWith("warning: ") || first.Contains(": warning: ", StringComparison.Ordinal) ? PipelineEventLevel.Warning
            : PipelineEventLevel.Information;
    }
}
