using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Pipeline.Actors.Dispatch;

/// <summary>
/// Runs the actor system's timers on a thread of their own. Akka's own scheduler ticks on the thread pool, where any code may delay it.
/// Heartbeats would then be sent late, and a node whose heartbeats are late is declared dead. Akka makes it because <c>akka.conf</c> names
/// it. Any thread may schedule.
/// </summary>
/// <remarks>
/// Messages are sent and actions are run on this thread, so an action that takes long delays everything that is due after it.
/// </remarks>
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

    /// <summary>Discards everything that is not due yet.</summary>
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

    protected override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(delay, new Entry(() => receiver.Tell(message, sender), null, cancelable));

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(initialDelay, new Entry(() => receiver.Tell(message, sender), interval, cancelable));

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Add(delay, new Entry(action, null, cancelable));

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        Add(delay, new Entry(action.Run, null, cancelable));

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Add(initialDelay, new Entry(action, interval, cancelable));

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
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
                // As in Akka's scheduler, an action that throws is logged and not repeated, and the others continue.
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

    /// <summary>
    /// Schedules the next run one interval from now, so that a machine that slept does not catch up on the runs it missed.
    /// </summary>
    private void Repeat(Entry entry)
    {
        if (entry.Interval is not { } interval || entry.IsCancelled) return;
        lock (_gate)
        {
            if (!_isOver) _entries.Enqueue(entry, HighResMonotonicClock + interval);
        }
    }

    /// <summary>The time left, rounded up, because nothing may run early. It is at most the longest time that a wait accepts.</summary>
    private static int Milliseconds(TimeSpan left) => (int)Math.Min(Math.Ceiling(left.TotalMilliseconds), int.MaxValue);

    /// <param name="Interval">The time between two runs; null to run once.</param>
    private sealed record Entry(Action Work, TimeSpan? Interval, ICancelable? Cancelable)
    {
        public bool IsCancelled => Cancelable?.IsCancellationRequested ?? false;
    }
}
