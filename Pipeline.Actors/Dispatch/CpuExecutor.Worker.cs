using Pipeline.Nic.Devices;

namespace Pipeline.Actors.Dispatch;

/// <summary>Which thread runs the mailboxes, and when another takes over.</summary>
internal sealed partial class CpuExecutor
{
    private void EnsureThread()
    {
        lock (_gate)
        {
            _shutdown = false;
            if (_worker is { Thread.IsAlive: true }) return;
            StartThread();
            _watch ??= new Timer(_ => Watch(), null, WatchInterval, WatchInterval);
        }
    }

    private void StartThread()
    {
        _descriptors ??= new DescriptorSet();
        var worker = new Worker(Run) { Thread = { Name = Id } };
        _worker = worker;
        worker.Thread.Start();
    }

    /// <summary>Relieves a thread that has been in the same mailbox since the last check while others wait.</summary>
    private void Watch()
    {
        lock (_gate)
        {
            var turns = Volatile.Read(ref _turns);
            var isStuck = turns == _turnsSeen && _worker is { IsParked: false } && !_queue.IsEmpty;
            _turnsSeen = turns;
            if (isStuck) StartThread();
        }
    }

    /// <summary>Ends the thread only when no work can be handed in unseen: later work finds no thread and starts one.</summary>
    private bool TryEnd(Worker self)
    {
        lock (_gate)
        {
            if (!_shutdown || !_queue.IsEmpty || !ReferenceEquals(_worker, self)) return false;
            _worker = null;
            _descriptors?.Dispose();
            _descriptors = null;
            _watch?.Dispose();
            _watch = null;
            return true;
        }
    }

    /// <summary>
    /// A thread and whether it sleeps. One that was relieved still says so of itself when it comes back, and must not say it of the one that
    /// works now: a wake-up would be lost.
    /// </summary>
    private sealed class Worker
    {
        private bool _isRung;
        private volatile bool _isParked;

        public Worker(Action<Worker> run) => Thread = new Thread(() => run(this)) { IsBackground = true };

        public Thread Thread { get; }

        public bool IsParked { get => _isParked; set => _isParked = value; }

        /// <summary>What is looked at after this is looked at by a thread that everybody knows to be parking.</summary>
        public void BeginsToPark()
        {
            Volatile.Write(ref _isRung, false);
            _isParked = true;
            Interlocked.MemoryBarrier();
        }

        /// <summary>Whether the caller is the first who wants it woken since it parked.</summary>
        public bool RingsFirst() => !Interlocked.Exchange(ref _isRung, true);
    }
}
