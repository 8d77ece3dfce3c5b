namespace Pipeline.Actors.Telemetry;

/// <summary>The kind of an event.</summary>
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
}
