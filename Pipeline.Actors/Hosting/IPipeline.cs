using Pipeline.Actors.Telemetry;

namespace Pipeline.Actors.Hosting;

/// <summary>A pipeline that runs with its host, to be injected. Its members may be called from any thread.</summary>
public interface IPipeline
{
    /// <summary>The name it was added under.</summary>
    string Name { get; }

    /// <summary>The run itself, for what this interface does not show.</summary>
    /// <exception cref="InvalidOperationException">The host has not started it yet, or could not.</exception>
    PipelineRun Run { get; }

    /// <summary>
    /// Ends when the source has ended and every packet is settled, or when the pipeline was drained or aborted. Its outcome tells what went
    /// wrong. It faults only if the pipeline could not start.
    /// </summary>
    Task<RunOutcome> Completion { get; }

    /// <summary>The figures now; after the end, the final ones.</summary>
    /// <exception cref="InvalidOperationException">The host has not started it yet, or could not.</exception>
    PipelineView View();

    /// <summary>Stops receiving, lets everything in flight arrive, finishes outputs. The host does this when it stops.</summary>
    /// <exception cref="InvalidOperationException">The host has not started it yet, or could not.</exception>
    void Drain();
}
