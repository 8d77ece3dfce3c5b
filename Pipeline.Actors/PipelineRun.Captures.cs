using Pipeline.Actors.Captures;

namespace Pipeline.Actors;

/// <summary>Captures packets while they flow.</summary>
public sealed partial class PipelineRun
{
    /// <summary>The captures of this run, and the way to start one. They end with the run, before its outcome is known. Any thread.</summary>
    public CaptureList Captures { get; }
}
