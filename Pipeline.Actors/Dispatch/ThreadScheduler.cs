using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Pipeline.Actors.Dispatch;

/// <summary>
/// The actor system's timers on a thread of their own. Akka's own scheduler ticks on the thread pool, where any code may keep it waiting:
/// heartbeats would be sent late, and late is dead. Named in <c>akka.conf</c>, where Akka makes it. Any thread may schedule.
/// </summary>
/// <remarks>What is due is sent or run here, so an action that takes long delays all that is due after it.</remarks>
internal sealed class ThreadScheduler : SchedulerBase, IDateTimeOffsetNowTimeProvider, IDisposable
{
    private static readonly Stopwatch Clock = Stopwatch.StartNew();

    private readonly PriorityQueue<Entry, TimeSpan> _entries = new();
    private readonly object _gate = new();
    private readonly Thread _thread;
    private bool _isOver;

    public ThreadScheduler(Config scheduler, ILoggingAdapter log)
        : base(scheduler, log)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "pipeline-timers" };
        _thread.Start();
    }

    public override TimeSpan MonotonicClock => HighResMonotonicClock;

    public override TimeSpan HighResMonotonicClock => Clock.Elapsed;

    protected override DateTimeOffset TimeNow => DateTimeOffset.UtcNow;

    /// <summary>What is not due yet will not be run any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            _entries.Clear();
            Monitor.PulseAll(_gate);
        }

        if (Thread.CurrentThread != _thread) _thread.Join();
    }

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(delay, new Entry(() => receiver.Tell(message, sender), null, cancelable));

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(initialDelay, new Entry(() => receiver.Tell(message, sender), interval, cancelable));

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) => Add(delay, new Entry(action, null, cancelable));

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) => Add(delay, new Entry(action.Run, null, cancelable));

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Add(initialDelay, new Entry(action, interval, cancelable));

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Add(initialDelay, new Entry(action.Run, interval, cancelable));

    /// <exception cref="SchedulerException">The actor system has ended.</exception>
    private void Add(TimeSpan delay, Entry entry)
    {
        lock (_gate)
        {
            if (_isOver) throw new SchedulerException("the actor system has ended, and its timers with it");
            _entries.Enqueue(entry, HighResMonotonicClock + delay);
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (Due() is { } entry)
        {
            if (entry.IsCancelled) continue;
            try
            {
                entry.Work();
            }
            catch (Exception error)
            {
                // As Akka's does: one that throws is told of and not repeated, and the others go on.
                Log.Error(error, "A scheduled action failed.");
                continue;
            }

            Repeat(entry);
        }
    }

    /// <summary>Waits for the next entry; null at the end.</summary>
    private Entry? Due()
    {
        lock (_gate)
        {
            while (!_isOver)
            {
                if (!_entries.TryPeek(out _, out var at)) Monitor.Wait(_gate);
                else if (at - HighResMonotonicClock is { Ticks: > 0 } left) Monitor.Wait(_gate, Milliseconds(left));
                else return _entries.Dequeue();
            }

            return null;
        }
    }

    /// <summary>An interval counts from now, so that a machine that slept does not make up for what it missed.</summary>
    private void Repeat(Entry entry)
    {
        if (entry.Interval is not { } interval || entry.IsCancelled) return;
        lock (_gate)
        {
            if (!_isOver) _entries.Enqueue(entry, HighResMonotonicClock + interval);
        }
    }

    /// <summary>Rounded up, since nothing may come early; at most what a wait can take.</summary>
    private static int Milliseconds(TimeSpan left) => (int)Math.Min(Math.Ceiling(left.TotalMilliseconds), int.MaxValue);

    /// <param name="Interval">From one time to the next; null for once.</param>
    private sealed record Entry(Action Work, TimeSpan? Interval, ICancelable? Cancelable)
    {
        public bool IsCancelled => Cancelable?.IsCancellationRequested ?? false;
    }
}
