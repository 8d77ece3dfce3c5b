using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Tests.Fakes;
using Xunit;

namespace Pipeline.Actors.Tests.Dispatch;

public sealed class ThreadSchedulerSpecs : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    /// <summary>So far apart that a machine with other things to do does not swap what is due.</summary>
    private static readonly TimeSpan Later = TimeSpan.FromMilliseconds(500);

    private readonly ThreadScheduler _scheduler = new(Config.Empty, NoLogger.Instance);

    private IAdvancedScheduler Timers => _scheduler;

    public void Dispose() => _scheduler.Dispose();

    [Fact]
    public void Nothing_comes_before_its_time_and_all_of_it_on_a_thread_of_its_own()
    {
        var clock = Stopwatch.StartNew();
        var done = new BlockingCollection<(TimeSpan At, string? Thread)>();

        Timers.ScheduleOnce(Soon, () => done.Add((clock.Elapsed, Thread.CurrentThread.Name)));

        Assert.True(done.TryTake(out var ran, Runs.Patience));
        Assert.True(ran.At >= Soon, $"{ran.At}");
        Assert.Equal("pipeline-timers", ran.Thread);
    }

    [Fact]
    public void What_is_due_first_comes_first_whenever_it_was_asked_for()
    {
        var done = new BlockingCollection<int>();

        Timers.ScheduleOnce(2 * Later, () => done.Add(3));
        Timers.ScheduleOnce(TimeSpan.Zero, () => done.Add(1));
        Timers.ScheduleOnce(Later, () => done.Add(2));

        Assert.Equal([1, 2, 3], Enumerable.Range(0, 3).Select(_ => Taken(done)));
    }

    [Fact]
    public void A_repeated_one_comes_until_it_is_cancelled()
    {
        var done = new BlockingCollection<int>();
        using var repeated = new Cancelable((IScheduler)_scheduler);
        var count = 0;

        Timers.ScheduleRepeatedly(TimeSpan.Zero, TimeSpan.FromMilliseconds(1), () => Count(), repeated);

        Assert.Equal([1, 2, 3], Enumerable.Range(0, 3).Select(_ => Taken(done)));
        Timers.ScheduleOnce(Soon, () => done.Add(-1));
        Assert.Equal(-1, Taken(done));

        void Count()
        {
            done.Add(++count);
            if (count == 3) repeated.Cancel();
        }
    }

    [Fact]
    public void One_that_throws_does_not_keep_the_others_from_coming()
    {
        var done = new BlockingCollection<int>();

        Timers.ScheduleOnce(TimeSpan.Zero, () => throw new InvalidOperationException("for the test"));
        Timers.ScheduleOnce(Soon, () => done.Add(1));

        Assert.Equal(1, Taken(done));
    }

    [Fact]
    public void One_that_is_cancelled_before_its_time_never_comes()
    {
        var done = new BlockingCollection<int>();
        using var cancelled = new Cancelable((IScheduler)_scheduler);
        Timers.ScheduleOnce(Later, () => done.Add(1), cancelled);

        cancelled.Cancel();
        Timers.ScheduleOnce(Later, () => done.Add(2));

        Assert.Equal(2, Taken(done));
    }

    [Fact]
    public void After_the_end_nothing_comes_and_nothing_is_taken_any_more()
    {
        var done = new BlockingCollection<int>();
        Timers.ScheduleOnce(TimeSpan.FromDays(1), () => done.Add(1));

        _scheduler.Dispose();

        Assert.Empty(done);
        Assert.Throws<SchedulerException>(() => Timers.ScheduleOnce(TimeSpan.Zero, () => done.Add(2)));
    }

    [Fact]
    public void Timers_of_actors_come_by_it()
    {
        using var system = ActorSystem.Create("timed", EmbeddedConfig.Load());
        using var ticked = new CountdownEvent(3);

        system.ActorOf(Props.Create(() => new Ticking(ticked)));

        Assert.IsType<ThreadScheduler>(system.Scheduler);
        Assert.True(ticked.Wait(Runs.Patience));
    }

    private static int Taken(BlockingCollection<int> done) => done.TryTake(out var next, Runs.Patience) ? next : 0;

    private sealed class Ticking : UntypedActor, IWithTimers
    {
        private readonly CountdownEvent _ticked;

        public Ticking(CountdownEvent ticked) => _ticked = ticked;

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => Timers.StartPeriodicTimer("tick", "tick", TimeSpan.FromMilliseconds(1));

        protected override void OnReceive(object message)
        {
            if (_ticked.IsSet) Timers.CancelAll();
            else _ticked.Signal();
        }
    }
}
