using System.Runtime.CompilerServices;
using Pipeline.Actors;
using Pipeline.Actors.Telemetry;
using Pipeline.Host.Api;
using Pipeline.Host.Running;

namespace Pipeline.Host.Tests.Running;

/// <summary>A run that ends when the test says so, and remembers what it was told.</summary>
internal sealed class FakeRun : IRunning
{
    private readonly TaskCompletionSource<RunOutcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PipelineView Current { get; set; } = Views.Empty;

    public int Drains { get; private set; }

    public int Aborts { get; private set; }

    public bool Disposed { get; private set; }

    public Task<RunOutcome> Completion => _completion.Task;

    public static FakeRun Ended(params RunFault[] faults) => Ended(new RunOutcome(Views.Empty, faults, Aborted: false));

    public static FakeRun Ended(RunOutcome outcome)
    {
        var run = new FakeRun();
        run._completion.SetResult(outcome);
        return run;
    }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public void End() => _completion.SetResult(new RunOutcome(Current, [], Aborted: false));

    public void Drain() => Drains++;

    public void Abort()
    {
        Aborts++;
        _completion.SetResult(new RunOutcome(Current, [], Aborted: true));
    }

    public PipelineView View() => Current;

    public IRuleControl Rules => throw new NotSupportedException("This run is about no rules.");

    public async IAsyncEnumerable<PipelineView> Watch(TimeSpan interval, [EnumeratorCancellation] CancellationToken stop)
    {
        yield return Current;
        await _completion.Task.WaitAsync(stop);
    }

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return ValueTask.CompletedTask;
    }
}
