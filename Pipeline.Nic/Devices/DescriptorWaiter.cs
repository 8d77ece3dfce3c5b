namespace Pipeline.Nic.Devices;

/// <summary>
/// Waits for the descriptors of a device. A thread that runs queues waits for theirs itself (<see cref="DescriptorSet.OfThisThread"/>). For
/// all other threads there is one that waits, so that none of them has to.
/// </summary>
/// <remarks>
/// The thread starts with the first request and ends with <see cref="Dispose"/>. Wake-ups are called on it, so they must be short.
/// </remarks>
internal sealed class DescriptorWaiter(string name) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly DescriptorSet _set = new();
    private readonly Dictionary<int, DescriptorSet> _elsewhere = [];
    private Thread? _thread;
    private bool _disposed;

    /// <summary>
    /// Calls <paramref name="wake"/> once when the descriptor can be read, has ended or is in error. If that is so already, the call comes
    /// soon. A second request for a descriptor replaces the first. Any thread.
    /// </summary>
    /// <exception cref="Linux.LinuxException">The descriptor is not open.</exception>
    public void WakeWhenReadable(int descriptor, Action wake) =>
        ObjectDisposedException.ThrowIf(!TryWakeWhenReadable(descriptor, wake), this);

    /// <summary>The same. False, and nothing is woken, after the end.</summary>
    /// <exception cref="Linux.LinuxException">The descriptor is not open.</exception>
    public bool TryWakeWhenReadable(int descriptor, Action wake) =>
        TryWakeWhenReadable(descriptor, wake, DescriptorSet.OfThisThread);

    /// <summary>The same, in the name of another thread.</summary>
    /// <param name="own">That thread's set; null where it has none, and the device's own thread waits.</param>
    /// <param name="isDrained"><inheritdoc cref="DescriptorSet.TryAdd" path="/param[@name='isDrained']"/></param>
    /// <param name="isTrickle"><inheritdoc cref="DescriptorSet.TryAdd" path="/param[@name='isTrickle']"/></param>
    /// <exception cref="Linux.LinuxException">The descriptor is not open.</exception>
    public bool TryWakeWhenReadable(
        int descriptor, Action wake, DescriptorSet? own, bool isDrained = false, bool isTrickle = false)
    {
        lock (_gate)
        {
            if (_disposed) return false;
            if (own is not null)
            {
                // Of one descriptor at most one thread waits.
                if (!_elsewhere.TryGetValue(descriptor, out var other) || other != own)
                {
                    other?.Forget(descriptor);
                    _elsewhere[descriptor] = own;
                }

                if (own.TryAdd(descriptor, wake, isDrained, isTrickle)) return true;
            }
            else
            {
                if (_thread is null) Start();
                if (_set.TryAdd(descriptor, wake)) return true;
            }
        }

        wake();
        return true;
    }

    /// <summary>Drops the request for a descriptor that is about to be closed. Any thread.</summary>
    public void Forget(int descriptor)
    {
        lock (_gate)
        {
            if (_elsewhere.Remove(descriptor, out var other)) other.Forget(descriptor);
            _set.Forget(descriptor);
        }
    }

    /// <summary>Ends the thread; nothing is woken after it returns, unless it is called out of a wake-up. May be called again.</summary>
    public void Dispose()
    {
        Thread? thread;
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            foreach (var (descriptor, other) in _elsewhere) other.Forget(descriptor);
            thread = _thread;
            // This is within the lock: the thread disposes the set when it has seen the end, and it cannot see the end before.
            if (thread is null) _set.Dispose();
            else _set.Ring();
        }

        if (thread is not null && thread != Thread.CurrentThread) thread.Join();
    }

    private void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    private void Run()
    {
        var due = new List<Action>();
        while (true)
        {
            _set.Wait(waits: true, due);
            lock (_gate)
            {
                if (_disposed) break;
            }

            foreach (var wake in due) wake();
            due.Clear();
        }

        _set.Dispose();
    }
}
