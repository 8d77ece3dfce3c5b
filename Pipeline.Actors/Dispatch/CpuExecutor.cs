using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Dispatch;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Linux;

namespace Pipeline.Actors.Dispatch;

/// <summary>
/// One thread that runs mailboxes, bound to a CPU of its own if one is given. Without work it spins briefly and then parks. Under load
/// nobody pays for waking it, and without load it costs nothing.
/// </summary>
/// <remarks>
/// <para>
/// It spins only if one of its last two pauses was shorter than that, because otherwise the time would be burned at every pause. Of two,
/// because bundles often come a few at a time. It also does not spin while it waits for a descriptor, which spinning would not see.
/// </para>
/// <para>
/// While it is parked it waits for the descriptors of the queues that it runs, so that a packet wakes this thread and no other before it.
/// Between mailboxes it looks at them now and then, in case it never parks.
/// </para>
/// <para>
/// It survives a shutdown, which Akka asks of a dispatcher that has had no actor for a second: queued work is still run, and a later
/// mailbox starts a new thread.
/// </para>
/// <para>
/// A thread that is stuck in one mailbox, because a consumer hangs, is relieved: another thread takes over the waiting mailboxes, and the
/// stuck thread ends when it comes back. Akka itself guarantees that two threads never run the same mailbox.
/// </para>
/// </remarks>
[DebuggerDisplay("CPU {_cpu}: {_queue.Count} waiting, parked {_worker?.IsParked}")]
internal sealed partial class CpuExecutor : ExecutorService
{
    /// <summary>Mailboxes that are run between two looks at descriptors: a look costs about as much as a mailbox. A power of two.</summary>
    private const int TurnsToLook = 64;

    private readonly ConcurrentQueue<IRunnable> _queue = new();
    private readonly object _gate = new();
    private readonly object _interrupts = new();
    private readonly long _spinTicks;
    private readonly int? _cpu;
    private volatile Worker? _worker;
    private volatile DescriptorSet? _descriptors;
    private volatile bool _shutdown;
    private Timer? _watch;
    private long _turns;
    private long _turnsSeen;
    private bool _wasShort = true;
    private bool _wasShortBefore = true;

    /// <param name="id">The name of the dispatcher and of its thread.</param>
    /// <param name="spin">
    /// Time to look for work before parking. Zero on a machine with one CPU, where spinning would keep work away.
    /// </param>
    /// <param name="cpu">The CPU its thread is bound to; null to leave that to the kernel.</param>
    public CpuExecutor(string id, TimeSpan spin, int? cpu = null)
        : base(id)
    {
        _spinTicks = Environment.ProcessorCount == 1 ? 0 : (long)(spin.TotalSeconds * Stopwatch.Frequency);
        _cpu = cpu;
    }

    /// <summary>
    /// The interval at which the thread's progress is checked, so that a hang is noticed within two. A wait without end never checks.
    /// </summary>
    public TimeSpan WatchInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Takes a mailbox to run. Any thread.</summary>
    public override void Execute(IRunnable run)
    {
        _queue.Enqueue(run);
        if (_worker is null || _shutdown) EnsureThread();

        // The parking thread says that it parks and then looks once more; this fence is the other half of that handshake. Waking takes a
        // while and a system call, so of those who hand work in meanwhile only the first wakes. The thread counts as parked until it runs:
        // one that is only being woken is not stuck.
        Interlocked.MemoryBarrier();
        if (_worker is { IsParked: true } worker && worker.RingsFirst()) Unpark();
    }

    public override void Shutdown()
    {
        _shutdown = true;
        Unpark();
    }

    private void Run(Worker self)
    {
        Pin();
        DescriptorSet.OfThisThread = _descriptors;
        var due = new List<Action>();
        while (ReferenceEquals(_worker, self))
        {
            if (_queue.TryDequeue(out var run))
            {
                run.Run();
                if ((++_turns & (TurnsToLook - 1)) == 0) Look(self, due);
                continue;
            }

            var since = Stopwatch.GetTimestamp();
            if (!SpinForWork(since))
            {
                if (_shutdown && TryEnd(self)) return;
                Park(self, due);
            }

            (_wasShortBefore, _wasShort) = (_wasShort, Stopwatch.GetTimestamp() - since <= _spinTicks);
        }
    }

    /// <summary>Binds the thread to its CPU. If that CPU has been taken away since it was chosen, the thread is only slower.</summary>
    private void Pin()
    {
        if (_cpu is not { } cpu) return;
        try
        {
            Sched.PinThisThread(cpu);
        }
        catch (LinuxException)
        {
            // The thread continues wherever the kernel lets it.
        }
    }

    private bool SpinForWork(long since)
    {
        if (!(_wasShort || _wasShortBefore) || _spinTicks == 0 || _descriptors is { HasRequests: true }) return false;
        var end = since + _spinTicks;
        do
        {
            Thread.SpinWait(16);
            if (!_queue.IsEmpty) return true;
        }
        while (Stopwatch.GetTimestamp() < end);

        return false;
    }

    private void Park(Worker self, List<Action> due)
    {
        ForgetInterrupt();
        self.BeginsToPark();
        var descriptors = _descriptors;
        try
        {
            if (ReferenceEquals(_worker, self) && _queue.IsEmpty && !_shutdown) descriptors!.Wait(waits: true, due);
        }
        finally
        {
            self.IsParked = false;
        }

        // Both may have slept, and one alone was woken: it has to be the one that works.
        if (!ReferenceEquals(_worker, self)) Unpark();
        Wake(due);
    }

    /// <summary>A thread that was relieved leaves this to the one that relieved it.</summary>
    private void Look(Worker self, List<Action> due)
    {
        if (!ReferenceEquals(_worker, self) || _descriptors is not { HasRequests: true } descriptors) return;
        descriptors.Wait(waits: false, due);
        Wake(due);
    }

    private static void Wake(List<Action> due)
    {
        foreach (var wake in due) wake();
        due.Clear();
    }

    /// <summary>A handler that interrupts its own thread means nobody here. Whoever blocked next would be interrupted.</summary>
    private void ForgetInterrupt()
    {
        try
        {
            lock (_interrupts) Monitor.Wait(_interrupts, 0);
        }
        catch (ThreadInterruptedException)
        {
            // There is nothing to do.
        }
    }

    /// <summary>It takes no lock: whoever was woken would soon want that lock, and would have to sleep for it.</summary>
    private void Unpark() => _descriptors?.Ring();
}
