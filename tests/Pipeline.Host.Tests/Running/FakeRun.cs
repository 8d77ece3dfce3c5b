using System.Runtime.CompilerServices;
using Pipeline.Actors;
using Pipeline.Actors.Captures;
using Pipeline.Actors.Cluster;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Trials;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Headers;
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

    public IReadOnlyList<string> Placement { get; init; } = [];

    public void Note(string where, string words)
    {
    }

    public CaptureList Captures => throw new NotSupportedException();

    public ReleasedFlows Released { get; } = new();

    public ReleasedFlow? TakeBack(string flow, string who) => Released.Remove(flow);

    public RuleTrials Trials => throw new NotSupportedException();

    public TracedPacket Trace(LinkType link, ReadOnlySpan<byte> bytes) => throw new NotSupportedException();

    public ClusterNode? Cluster => null;

    public void End() => _completion.SetResult(new RunOutcome(Current, [], Aborted: false));

    public void Drain() => Drains++;

    public void Abort()
    {
        Aborts++;
        _completion.SetResult(new RunOutcome(Current, [], Aborted: true));
    }

    /// <summary>Called as the figures are read.</summary>
    public Action? Reading { get; init; }

    public PipelineView View()
    {
        Reading?.Invoke();
        return Current;
    }

    public TimeSpan Silence { get; init; }

    public HistoryView History() => throw new NotSupportedException("Nobody remembers this run.");

    public ActorsView Actors() => new(DateTimeOffset.UnixEpoch, [], 0);

    public Task<bool> PauseConsumer(string name, string who) => Task.FromResult(false);

    public Task<bool> ResumeConsumer(string name, string who) => Task.FromResult(false);

    public Task<bool> CloseBreaker(string name, string who) => Task.FromResult(false);

    public Task<bool> RestartConsumer(string name, string who, CancellationToken stop) => Task.FromResult(false);

    /// <summary>What its consumers report.</summary>
    public Func<CancellationToken, Task<IReadOnlyList<InstanceReport>>> Reporting { get; init; } = _ => Task.FromResult<IReadOnlyList<InstanceReport>>([]);

    public Task<IReadOnlyList<InstanceReport>> Reports(string consumer, int most, CancellationToken stop) => Reporting(stop);

    public EventLog Events => throw new NotSupportedException("Nothing happens to this run.");

    public Task<bool> ScaleConsumer(string name, int instances, string who, CancellationToken stop) => Task.FromResult(false);

    public IRuleControl Rules => throw new NotSupportedException("This run is about no rules.");

    public async IAsyncEnumerable<PipelineView> Watch(TimeSpan interval, [EnumeratorCancellation] CancellationToken stop)
    {
        yield return Current;
        await _completion.Task.WaitAsync(stop);
    }

    /// <summary>The texts it was to put in force, each with its source and who wanted it.</summary>
    public List<(string Text, string Source, string Who)> Applied { get; } = [];

    /// <summary>What it answers to new rules.</summary>
    public RuleChange Answer { get; init; } = new() { Outcome = RuleOutcome.Applied, Generation = 2 };

    public Task<RuleChange> ApplyRules(string text, string source, string who)
    {
        Applied.Add((text, source, who));
        return Task.FromResult(Answer);
    }

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return ValueTask.CompletedTask;
    }
}
