using System.Collections.Concurrent;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Telemetry;

namespace Pipeline.Actors;

/// <summary>What the root leaves for whoever started the run. Written by the root, readable by anyone.</summary>
[System.Diagnostics.DebuggerDisplay("{_faults.Count} faults, aborted {IsAborted}")]
internal sealed class RunState(TimeSpan? stopAfter, Action<PipelineEvent>? onEvent = null)
{
    /// <summary>A fault that keeps happening is told so many times.</summary>
    private const int MostFaults = 100;

    private readonly ConcurrentQueue<RunFault> _faults = [];
    private readonly TaskCompletionSource _atRest = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Time to run; null for no limit.</summary>
    public TimeSpan? StopAfter { get; } = stopAfter;

    /// <summary>How long a drain may take.</summary>
    public TimeSpan Drain { get; init; } = new PipelineOptions().Drain;

    /// <summary>Everything that happened, faults among it.</summary>
    public EventLog Events { get; } = new(TimeProvider.System, onEvent);

    public bool IsAborted { get; set; }

    /// <summary>Whether the time for draining was over before everything had arrived.</summary>
    public bool IsDrainCut { get; set; }

    /// <summary>The actors that did not come back in time and are left to themselves, with what they hold.</summary>
    public IReadOnlyList<string> LeftBehind { get; set; } = [];

    /// <summary>The first faults, for the outcome: the log forgets.</summary>
    public IReadOnlyList<RunFault> Faults => [.. _faults];

    /// <summary>Ends when every actor has stopped.</summary>
    public Task AtRest => _atRest.Task;

    public void AddFault(string where, Exception error)
    {
        if (_faults.Count >= MostFaults) return;
        _faults.Enqueue(new RunFault(where, error));
        Events.Add(PipelineEventKind.Fault, where, FailureWords.MessageOf(error), error);
    }

    public void Rest() => _atRest.TrySetResult();
}
