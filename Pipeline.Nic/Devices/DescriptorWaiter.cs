using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices;

/// <summary>
/// One thread that waits for many descriptors, so that no queue's own thread has to. A device owns one and all of its queues use it.
/// </summary>
/// <remarks>
/// The thread starts with the first request and ends with <see cref="Dispose"/>. Wake-ups are called on it, so they must be short. A
/// request does not wake the thread: it would be one more switch between threads for every block of a ring.
/// </remarks>
internal sealed class DescriptorWaiter : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SafeFileHandle _set = Epoll.Create();
    private readonly SafeFileHandle _bell;
    private readonly Dictionary<int, Action> _requests = [];
    private readonly string _name;
    private Thread? _thread;
    private bool _disposed;

    public DescriptorWaiter(string name)
    {
        _name = name;
        try
        {
            _bell = EventFd.Create();
            Epoll.Watch(_set, BellDescriptor, once: false);
        }
        catch
        {
            _bell?.Dispose();
            _set.Dispose();
            throw;
        }
    }

    private int BellDescriptor => (int)_bell.DangerousGetHandle();

    /// <summary>
    /// Calls <paramref name="wake"/> once when the descriptor can be read, has ended or is in error. If that is so already, the call comes
    /// soon. A second request for a descriptor replaces the first. Any thread.
    /// </summary>
    /// <exception cref="LinuxException">The descriptor is not open.</exception>
    public void WakeWhenReadable(int descriptor, Action wake) =>
        ObjectDisposedException.ThrowIf(!TryWakeWhenReadable(descriptor, wake), this);

    /// <summary>The same. False, and nothing is woken, after the end.</summary>
    /// <exception cref="LinuxException">The descriptor is not open.</exception>
    public bool TryWakeWhenReadable(int descriptor, Action wake)
    {
        lock (_gate)
        {
            if (_disposed) return false;
            _requests[descriptor] = wake;
            if (_thread is null) Start();
            if (Epoll.Watch(_set, descriptor, once: true)) return true;
            _requests.Remove(descriptor);
        }

        wake();
        return true;
    }

    /// <summary>Drops the request for a descriptor that is about to be closed. Any thread.</summary>
    public void Forget(int descriptor)
    {
        lock (_gate)
        {
            _requests.Remove(descriptor);
            if (!_disposed) Epoll.Forget(_set, descriptor);
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
            _requests.Clear();
            thread = _thread;
            // This is within the lock: the thread closes both when it has seen the end, and it cannot see the end before.
            if (thread is null) Close();
            else EventFd.Ring(_bell);
        }

        if (thread is not null && thread != Thread.CurrentThread) thread.Join();
    }

    private void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = _name };
        _thread.Start();
    }

    private void Run()
    {
        var reported = new int[Epoll.MostReported];
        var due = new List<Action>();
        while (TakeReady(reported.AsSpan(0, Epoll.Wait(_set, reported)), due))
        {
            foreach (var wake in due) wake();
            due.Clear();
        }

        Close();
    }

    /// <returns>False at the end. Until then the bell is silent.</returns>
    private bool TakeReady(ReadOnlySpan<int> reported, List<Action> due)
    {
        lock (_gate)
        {
            foreach (var descriptor in reported)
                if (_requests.Remove(descriptor, out var wake)) due.Add(wake);
            return !_disposed;
        }
    }

    private void Close()
    {
        _bell.Dispose();
        _set.Dispose();
    }
}
