namespace Pipeline.Actors.Telemetry;

/// <summary>The kind of an event. Logs carry its number, which therefore stays.</summary>
public enum PipelineEventKind
{
    /// <summary>A fault, which the run's outcome includes. A run tells of its first hundred.</summary>
    Fault,

    /// <summary>A handler threw. Its batch is counted as lost to it, and it is replaced after a pause.</summary>
    HandlerFailed,

    /// <summary>A consumer was replaced because somebody asked for it.</summary>
    Restarted,

    /// <summary>A consumer takes nothing for now.</summary>
    Paused,

    /// <summary>A paused consumer continues.</summary>
    Resumed,

    /// <summary>A consumer has another number of instances.</summary>
    Scaled,

    /// <summary>Another generation of rules was put in force, or the one in force was confirmed.</summary>
    RulesChanged,

    /// <summary>One more route leads to a consumer.</summary>
    RouteAdded,

    /// <summary>One route fewer leads to a consumer.</summary>
    RouteRemoved,

    /// <summary>A source gives nothing any more, and is asked again and again.</summary>
    SourceDown,

    /// <summary>A source that was down is back.</summary>
    SourceBack,

    /// <summary>Packets were lost: by a device, on the way, or at a consumer.</summary>
    Loss,

    /// <summary>A member of the cluster came, went, or cannot be reached; or this node lost the cluster.</summary>
    ClusterChanged,

    /// <summary>Somebody captures packets.</summary>
    CaptureStarted,

    /// <summary>A capture takes nothing any more.</summary>
    CaptureEnded,

    /// <summary>Somebody deleted a capture.</summary>
    CaptureDeleted,

    /// <summary>The run is drained or aborted.</summary>
    Ending,

    /// <summary>Something that the program around the pipeline says, to stand beside what happened (<see cref="PipelineRun.Note"/>).</summary>
    Noted,

    /// <summary>The run has begun.</summary>
    Started,

    /// <summary>Nothing more of a kind was lost for a while, or until the end of the run.</summary>
    LossEnded,

    /// <summary>The run is at rest. It is the last event.</summary>
    Ended,

    /// <summary>A collector does not take the figures that it is sent.</summary>
    ExportFailed,

    /// <summary>A collector takes figures again.</summary>
    ExportBack,

    /// <summary>A route's breaker opened: its packets go to the normal stack, past its consumer.</summary>
    RouteOpened,

    /// <summary>A route's breaker closed: its packets go to its consumer again.</summary>
    RouteClosed,

    /// <summary>A flow that a consumer had released was taken back.</summary>
    TakenBack,
}

/// <summary>How much an event matters to whoever looks after the pipeline.</summary>
public enum PipelineEventLevel
{
    /// <summary>Somebody wanted it, or it needs nobody.</summary>
    Information,

    /// <summary>Packets are lost, or a part is not at work for now.</summary>
    Warning,

    /// <summary>Something is broken, and stays so by itself.</summary>
    Error,
}

/// <summary>One thing that happened to a pipeline.</summary>
/// <param name="Number">Increases by one, from 1. A reader that finds a gap has missed some.</param>
/// <param name="When">When it was reported.</param>
/// <param name="Kind">The kind of event.</param>
/// <param name="Where">The queue, consumer or part it happened to.</param>
/// <param name="Words">What happened, on one line.</param>
public sealed record PipelineEvent(long Number, DateTimeOffset When, PipelineEventKind Kind, string Where, string Words)
{
    /// <summary>The exception, if there was one. It never leaves the process.</summary>
    public Exception? Error { get; init; }

    /// <summary>Who wanted it, where that is known.</summary>
    public string? Who { get; init; }

    /// <summary>The rules that it is about, of an event that is about rules.</summary>
    public int? Generation { get; init; }

    /// <summary>Of a loss: the packets or copies that were lost since it was told last; at its end, in all.</summary>
    public long? Packets { get; init; }

    /// <summary>Of a loss: the drop reason or the kind of device loss, as configurations and metrics name it.</summary>
    public string? Reason { get; init; }

    /// <summary>At the end of a loss: from when it was seen first until it was seen last. Of a run: how long it took.</summary>
    public TimeSpan? Lasted { get; init; }

    /// <summary>At the end of a run: its final figures.</summary>
    public PipelineView? Final { get; init; }

    /// <summary>How much it matters.</summary>
    public PipelineEventLevel Level => Kind switch
    {
        PipelineEventKind.Fault => PipelineEventLevel.Error,
        PipelineEventKind.HandlerFailed or PipelineEventKind.SourceDown or PipelineEventKind.Loss or PipelineEventKind.ExportFailed
            or PipelineEventKind.RouteOpened => PipelineEventLevel.Warning,
        _ => PipelineEventLevel.Information,
    };
}
