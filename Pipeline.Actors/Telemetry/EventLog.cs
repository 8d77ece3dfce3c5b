using System.Runtime.CompilerServices;

namespace Pipeline.Actors.Telemetry;

/// <summary>
/// The last events of a pipeline, oldest first. Their number is limited, and they are numbered so that a reader sees what it has missed.
/// Any thread reads it. Nothing on the data path writes to it.
/// </summary>
public sealed class EventLog
{
    /// <summary>Events that are kept.</summary>
    public const int Most = 1024;

    private readonly Lock _gate = new();
    private readonly Queue<PipelineEvent> _kept = new();
    private readonly TimeProvider _clock;
    private readonly Action<PipelineEvent>? _tell;
    private TaskCompletionSource _next = NewSignal();
    private long _last;
    private bool _isClosed;

    /// <param name="clock">The clock that dates events.</param>
    /// <param name="tell">Called for each event as it happens, on the thread of whoever adds it. It must not wait. What it throws is lost.</param>
    internal EventLog(TimeProvider clock, Action<PipelineEvent>? tell = null)
    {
        _clock = clock;
        _tell = tell;
    }

    /// <summary>The number of the last event; 0 before the first.</summary>
    public long Last
    {
        get
        {
            lock (_gate) return _last;
        }
    }

    /// <summary>The events that are kept, oldest first.</summary>
    /// <param name="after">Only those with higher numbers.</param>
    public IReadOnlyList<PipelineEvent> Read(long after = 0)
    {
        lock (_gate) return [.. _kept.Where(e => e.Number > after)];
    }

    /// <summary>
    /// The events that are kept and all later ones, until the run is at rest. A slow reader misses some and delays nothing.
    /// </summary>
    /// <param name="after">Only those with higher numbers.</param>
    /// <param name="stop">Ends the reading.</param>
    public async IAsyncEnumerable<PipelineEvent> Follow(long after = 0, [EnumeratorCancellation] CancellationToken stop = default)
    {
        while (true)
        {
            var (events, isOver, next) = Look(after);
            foreach (var happened in events) yield return happened;
            if (events.Count > 0) after = events[^1].Number;
            else if (isOver) yield break;
            else await next.WaitAsync(stop);
        }
    }

    /// <summary>Adds what the program around a pipeline has to tell of it.</summary>
    /// <param name="kind">The kind of event.</param>
    /// <param name="where">The part it happened to.</param>
    /// <param name="words">What happened, on one line.</param>
    public void Tell(PipelineEventKind kind, string where, string words) => Add(kind, where, words);

    internal void Add(PipelineEventKind kind, string where, string words, Exception? error = null) =>
        Add(new PipelineEvent(0, default, kind, where, words) { Error = error });

    /// <param name="what">The event, which gets its number and its date here.</param>
    internal void Add(PipelineEvent what)
    {
        PipelineEvent happened;
        TaskCompletionSource next;
        lock (_gate)
        {
            // The log has ended, and whoever follows it has gone.
            if (_isClosed) return;
            happened = what with { Number = ++_last, When = _clock.GetUtcNow() };
            _kept.Enqueue(happened);
            if (_kept.Count > Most) _kept.Dequeue();
            (next, _next) = (_next, NewSignal());
        }

        next.TrySetResult();
        Pass(happened);
    }

    /// <summary>Ends every reader, because nothing more will happen.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            _next.TrySetResult();
        }
    }

    /// <summary>The root adds events, and a root that fails has no books: whatever a listener throws stays here.</summary>
    private void Pass(PipelineEvent happened)
    {
        try
        {
            _tell?.Invoke(happened);
        }
        catch (Exception)
        {
            // The event is in the log. Nobody can be told of a listener that fails, but by itself.
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private (IReadOnlyList<PipelineEvent> Events, bool IsOver, Task Next) Look(long after)
    {
        lock (_gate) return ([.. _kept.Where(e => e.Number > after)], _isClosed, _next.Task);
    }
}
