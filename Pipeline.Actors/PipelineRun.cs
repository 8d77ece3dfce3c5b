using Pipeline.Actors.Telemetry;

namespace Pipeline.Actors;

/// <summary>A pipeline at work, in an actor system of its own. Its members may be called from any thread.</summary>
public sealed class PipelineRun : IAsyncDisposable
{
    private PipelineRun(PipelineSetup setup) => Setup = setup;

    public PipelineSetup Setup { get; }

    /// <summary>Ends when the source has ended and every packet is settled, or after <see cref="Drain"/> or <see cref="Abort"/>. Never faults.</summary>
    public Task<RunOutcome> Completion => throw new NotSupportedException();

    public static PipelineRun Start(PipelineSetup setup) => new(setup);

    /// <summary>Stops receiving, lets everything in flight arrive, finishes outputs.</summary>
    public void Drain() => throw new NotSupportedException();

    /// <summary>Ends now: what is in flight is counted as lost to the shutdown.</summary>
    public void Abort() => throw new NotSupportedException();

    public PipelineView View() => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
