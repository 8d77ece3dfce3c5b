using System.Collections.Concurrent;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Devices;

namespace Pipeline.Actors;

/// <summary>The state that the root leaves for whoever started the run. The root writes it; any thread reads it.</summary>
[System.Diagnostics.DebuggerDisplay("{_faults.Count} faults, aborted {IsAborted}")]
internal sealed class RunState(TimeSpan? stopAfter, Action<PipelineEvent>? onEvent = null)
{
    /// <summary>The most faults that are kept, for a fault that keeps happening.</summary>
    private const int MostFaults = 100;

    private readonly ConcurrentQueue<RunFault> _faults = [];
    private readonly TaskCompletionSource _atRest = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isEnding;

    /// <summary>Time to run; null for no limit.</summary>
    public TimeSpan? StopAfter { get; } = stopAfter;

    /// <summary>How long a drain may take.</summary>
    public TimeSpan Drain { get; init; } = new PipelineOptions().Drain;

    /// <summary>Everything that happened, including the first hundred faults.</summary>
    public EventLog Events { get; } = new(TimeProvider.System, onEvent);

    /// <summary>What is lost now. The root looks while it is there, and whoever completes the run once more.</summary>
    public LossWatch Losses { get; } = new();

    /// <summary>Rules that the device is to run from the start of the source on; null for none, or when it does.</summary>
    public IPreparedRules? Device { get; set; }

    public bool IsAborted { get; set; }

    /// <summary>Whether nothing is received any more, and what is in flight arrives.</summary>
    public bool IsEnding { get => _isEnding; set => _isEnding = value; }

    /// <summary>What failed, by actor.</summary>
    public ActorFailures Failures { get; } = new();

    /// <summary>Whether the time for draining ended before everything had arrived.</summary>
    public bool IsDrainCut { get; set; }

    /// <summary>The actors that did not stop in time and were left to themselves, with what they hold.</summary>
    public IReadOnlyList<string> LeftBehind { get; set; } = [];

    /// <summary>The first faults, for the outcome, because the log forgets its oldest entries.</summary>
    public IReadOnlyList<RunFault> Faults => [.. _faults];

    /// <summary>Ends when every actor has stopped.</summary>
    public Task AtRest => _atRest.Task;

    public void AddFault(string where, Exception error)
    {
        if (_faults.Count >= MostFaults) return;
        _faults.Enqueue(new RunFault(where, error));
        Events.Add(PipelineEventKind.Fault, where, FailureWords.MessageOf(error), error);
    }

    /// <summary>Has the device run its rules, once.</summary>
    public void PutInForce()
    {
        using var device = Device;
        Device = null;
        device?.PutInForce();
    }

    public void Rest() => _atRest.TrySetResult();
}
