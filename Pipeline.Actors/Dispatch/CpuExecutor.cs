using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Configuration;
using Akka.Dispatch;

namespace Pipeline.Actors.Dispatch;

/// <summary>Makes a <see cref="CpuExecutor"/> of what <c>hocon/dispatchers.conf</c> says.</summary>
internal sealed class CpuExecutorConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : ExecutorServiceConfigurator(config, prerequisites)
{
    public override ExecutorService Produce(string id) =>
        new CpuExecutor(id, TimeSpan.FromMicroseconds(Config.GetInt("spin-microseconds")));
}

/// <summary>
/// One thread that runs mailboxes. Out of work it spins a little and then parks, so that under load nobody pays for waking it, and
/// without load it costs nothing.
/// </summary>
/// <remarks>
/// It outlives a shutdown, which Akka asks of a dispatcher that had no actor for a second: what is queued is still run, and a later
/// mailbox starts a new thread.
/// </remarks>
internal sealed class CpuExecutor : ExecutorService
{
    private readonly ConcurrentQueue<IRunnable> _queue = new();
    private readonly object _gate = new();
    private readonly long _spinTicks;
    private Thread? _thread;
    private volatile bool _parked;
    private volatile bool _shutdown;

    /// <param name="id">The dispatcher's, and its thread's name.</param>
    /// <param name="spin">Time to look for work before parking; none on a machine with one CPU, where spinning keeps work away.</param>
    public CpuExecutor(string id, TimeSpan spin)
        : base(id) => _spinTicks = Environment.ProcessorCount == 1 ? 0 : (long)(spin.TotalSeconds * Stopwatch.Frequency);

    /// <summary>Takes a mailbox to run. Any thread.</summary>
    public override void Execute(IRunnable run)
    {
        _queue.Enqueue(run);
        if (_thread is null || _shutdown) EnsureThread();

        // The thread says that it parks and then looks once more; this fence is the other half of that handshake. Only a parked
        // thread costs a lock.
        Interlocked.MemoryBarrier();
        if (_parked) Unpark();
    }

    public override void Shutdown()
    {
        _shutdown = true;
        Unpark();
    }

    private void EnsureThread()
    {
        lock (_gate)
        {
            _shutdown = false;
            if (_thread is { IsAlive: true }) return;
            _thread = new Thread(Run) { Name = Id, IsBackground = true };
            _thread.Start();
        }
    }

    private void Run()
    {
        while (true)
        {
            while (_queue.TryDequeue(out var run)) run.Run();
            if (SpinForWork()) continue;
            if (_shutdown && TryEnd()) return;
            Park();
        }
    }

    private bool SpinForWork()
    {
        if (_spinTicks == 0) return false;
        var end = Stopwatch.GetTimestamp() + _spinTicks;
        do
        {
            Thread.SpinWait(16);
            if (!_queue.IsEmpty) return true;
        }
        while (Stopwatch.GetTimestamp() < end);

        return false;
    }

    private void Park()
    {
        lock (_gate)
        {
            _parked = true;
            Interlocked.MemoryBarrier();
            if (_queue.IsEmpty && !_shutdown) Monitor.Wait(_gate);
            _parked = false;
        }
    }

    private void Unpark()
    {
        lock (_gate) Monitor.Pulse(_gate);
    }

    /// <summary>Ends only while nobody can be handing in work unseen: whoever comes later finds no thread and starts one.</summary>
    private bool TryEnd()
    {
        lock (_gate)
        {
            if (!_shutdown || !_queue.IsEmpty) return false;
            _thread = null;
            return true;
        }
    }
}
