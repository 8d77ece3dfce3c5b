using Pipeline.Actors;
using Pipeline.Actors.Telemetry;
using Pipeline.Host.Api;

namespace Pipeline.Host.Running;

/// <summary>A pipeline at work, as far as the program looks at it.</summary>
internal interface IRunning : IAsyncDisposable
{
    Task<RunOutcome> Completion { get; }

    /// <summary>What turned out not to work for a link type. Grows while the run goes on.</summary>
    IReadOnlyList<string> Warnings { get; }

    void Drain();

    void Abort();

    PipelineView View();

    IRuleControl Rules { get; }

    /// <summary>Views until the final one, or until cancelled.</summary>
    IAsyncEnumerable<PipelineView> Watch(TimeSpan interval, CancellationToken stop);
}

/// <summary>The real one.</summary>
internal sealed class Run(PipelineRun run) : IRunning
{
    public Task<RunOutcome> Completion => run.Completion;

    public IReadOnlyList<string> Warnings => run.Warnings;

    public void Drain() => run.Drain();

    public void Abort() => run.Abort();

    public PipelineView View() => run.View();

    public IRuleControl Rules { get; } = new LiveRules(run);

    public IAsyncEnumerable<PipelineView> Watch(TimeSpan interval, CancellationToken stop) => run.Watch(interval, stop);

    public ValueTask DisposeAsync() => run.DisposeAsync();
}
