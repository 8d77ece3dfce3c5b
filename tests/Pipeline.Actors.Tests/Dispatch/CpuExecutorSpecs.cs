using Akka.Dispatch;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Linux;
using Xunit;

namespace Pipeline.Actors.Tests.Dispatch;

/// <summary>
/// No spinning here, so that every pause parks the thread. Nobody relieves it but where a spec is about that, so that a wake-up that is lost
/// shows as a wait without end.
/// </summary>
public sealed class CpuExecutorSpecs : IDisposable
{
    private readonly CpuExecutor _executor = Unrelieved("one", TimeSpan.Zero);

    public void Dispose() => _executor.Shutdown();

    [Fact]
    public void What_is_handed_in_runs_in_order_on_one_thread_of_its_name()
    {
        var ran = new List<(int Number, string? Thread)>();
        using var done = new CountdownEvent(100);

        for (var i = 0; i < 100; i++)
        {
            var number = i;
            Run(() =>
            {
                ran.Add((number, Thread.CurrentThread.Name));
                done.Signal();
            });
        }

        Assert.True(done.Wait(Runs.Patience));
        Assert.Equal(Enumerable.Range(0, 100).Select(n => (n, (string?)"one")), ran);
    }

    [Fact]
    public void What_is_queued_when_it_is_shut_down_still_runs()
    {
        using var release = new ManualResetEventSlim();
        using var done = new CountdownEvent(100);
        Run(() => release.Wait(Runs.Patience));
        for (var i = 0; i < 100; i++) Run(() => done.Signal());

        _executor.Shutdown();
        release.Set();

        Assert.True(done.Wait(Runs.Patience));
    }

    [Fact]
    public void A_shutdown_ends_the_thread_and_later_work_starts_another()
    {
        var first = ThreadThatRuns();

        _executor.Shutdown();

        Assert.True(first.Join(Runs.Patience));
        Assert.NotSame(first, ThreadThatRuns());
    }

    [Fact]
    public void A_thread_that_was_interrupted_by_its_own_work_goes_on()
    {
        var before = ThreadThatRuns();

        Run(() => Thread.CurrentThread.Interrupt());

        // Twice, because between the two it parks, which is where an interrupt arrives.
        Assert.Same(before, ThreadThatRuns());
        Assert.Same(before, ThreadThatRuns());
    }

    [Fact]
    public void A_shutdown_before_any_work_does_no_harm()
    {
        _executor.Shutdown();

        Assert.True(ThreadThatRuns().IsBackground);
    }

    [Fact]
    public async Task Shutdowns_while_work_comes_in_lose_none_of_it()
    {
        const int Works = 5_000;
        using var done = new CountdownEvent(Works);
        var working = Threads.Start(() =>
        {
            for (var i = 0; i < Works; i++) Run(() => done.Signal());
            return true;
        });

        while (!working.IsCompleted) _executor.Shutdown();
        await working;

        Assert.True(done.Wait(Runs.Patience));
    }

    [Fact]
    public void Two_that_wake_each_other_never_sleep_through_it()
    {
        var other = Unrelieved("other", TimeSpan.Zero);
        using var done = new ManualResetEventSlim();
        var left = 20_000;

        Ping();

        Assert.True(done.Wait(Runs.Patience));
        other.Shutdown();

        void Ping() => _executor.Execute(new Work(() => other.Execute(new Work(Pong))));

        void Pong()
        {
            if (--left > 0) Ping();
            else done.Set();
        }
    }

    [Fact]
    public void Shorter_than_its_spinning_pauses_it_does_not_park_and_still_sees_the_work()
    {
        var spinning = Unrelieved("spinning", TimeSpan.FromMilliseconds(1));
        using var one = new AutoResetEvent(false);

        for (var i = 0; i < 1_000; i++)
        {
            spinning.Execute(new Work(() => one.Set()));
            Assert.True(one.WaitOne(Runs.Patience));
        }

        spinning.Shutdown();
    }

    [Fact]
    public void Work_handed_in_by_many_while_it_parks_and_wakes_is_all_done()
    {
        var spinning = Unrelieved("spinning", TimeSpan.FromMicroseconds(20));
        var done = 0;
        const int Each = 20_000;

        Parallel.For(0, 4, _ =>
        {
            for (var i = 0; i < Each; i++)
            {
                spinning.Execute(new Work(() => Interlocked.Increment(ref done)));
                if (i % 8 == 0) Thread.SpinWait(i % 512);
            }
        });

        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref done) == 4 * Each, Runs.Patience));
        spinning.Shutdown();
    }

    [Fact]
    public void Its_thread_is_on_the_CPU_it_was_given_and_nowhere_else()
    {
        var cpu = Sched.AllowedCpus()[^1];
        var pinned = new CpuExecutor("pinned", TimeSpan.Zero, cpu);

        Assert.Equal([cpu], OnThreadOf(pinned, Sched.CpusOfThisThread));
        pinned.Shutdown();
    }

    [Fact]
    public async Task A_thread_that_a_pinned_one_starts_may_run_anywhere()
    {
        var pinned = new CpuExecutor("pinned", TimeSpan.Zero, Sched.AllowedCpus()[^1]);

        var child = OnThreadOf(pinned, () => Threads.Start(Sched.CpusOfThisThread));

        Assert.Equal(Sched.AllowedCpus(), await child);
        pinned.Shutdown();
    }

    [Fact]
    public void A_CPU_that_is_not_there_is_done_without()
    {
        var pinned = new CpuExecutor("pinned", TimeSpan.Zero, cpu: 8191);

        Assert.Equal(Sched.AllowedCpus(), OnThreadOf(pinned, Sched.CpusOfThisThread));
        pinned.Shutdown();
    }

    [Fact]
    public async Task What_waits_behind_work_that_hangs_is_run_by_another_thread_and_the_first_ends_when_it_is_free()
    {
        using var release = new ManualResetEventSlim();
        using var done = new ManualResetEventSlim();
        var hanging = new TaskCompletionSource<Thread>();
        var executor = new CpuExecutor("relieved", TimeSpan.Zero);
        executor.Execute(new Work(() =>
        {
            hanging.SetResult(Thread.CurrentThread);
            release.Wait(Runs.Patience);
        }));

        executor.Execute(new Work(done.Set));

        Assert.True(done.Wait(Runs.Patience));
        release.Set();
        var relieved = await hanging.Task;
        Assert.True(relieved.Join(Runs.Patience));
        Assert.NotSame(relieved, OnThreadOf(executor, () => Thread.CurrentThread));
        executor.Shutdown();
    }

    [Fact]
    public async Task Work_goes_on_behind_each_of_many_reliefs()
    {
        const int Reliefs = 200;
        var executor = new CpuExecutor("relieved", TimeSpan.Zero) { WatchInterval = TimeSpan.FromMilliseconds(1) };

        for (var i = 0; i < Reliefs; i++)
        {
            using var release = new ManualResetEventSlim();
            var hanging = new TaskCompletionSource<Thread>(TaskCreationOptions.RunContinuationsAsynchronously);
            executor.Execute(new Work(() =>
            {
                hanging.SetResult(Thread.CurrentThread);
                release.Wait(Runs.Patience);
            }));
            var stuck = await hanging.Task;
            Assert.NotSame(stuck, OnThreadOf(executor, () => Thread.CurrentThread));
            release.Set();
            OnThreadOf(executor, () => Thread.CurrentThread);
        }

        executor.Shutdown();
    }

    private static CpuExecutor Unrelieved(string id, TimeSpan spin) => new(id, spin) { WatchInterval = Timeout.InfiniteTimeSpan };

    private static T OnThreadOf<T>(CpuExecutor executor, Func<T> ask)
    {
        var answer = new TaskCompletionSource<T>();
        executor.Execute(new Work(() => answer.SetResult(ask())));
        return answer.Task.WaitAsync(Runs.Patience).GetAwaiter().GetResult();
    }

    private void Run(Action action) => _executor.Execute(new Work(action));

    private Thread ThreadThatRuns()
    {
        var seen = new TaskCompletionSource<Thread>();
        Run(() => seen.SetResult(Thread.CurrentThread));
        return seen.Task.WaitAsync(Runs.Patience).GetAwaiter().GetResult();
    }

    private sealed class Work(Action action) : IRunnable
    {
        public void Run() => action();

        public void Execute() => Run();
    }
}
