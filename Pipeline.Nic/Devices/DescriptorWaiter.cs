using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices;

/// <summary>
/// One thread that waits for many descriptors, so that no queue's own thread has to. A device owns one and all of its queues use it.
/// </summary>
/// <remarks>
/// The thread starts with the first request and ends with <see cref="Dispose"/>. Wake-ups are called on it, so they must be short.
/// </remarks>
internal sealed class DescriptorWaiter : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SafeFileHandle _bell = EventFd.Create();
    private readonly List<Request> _requests = [];
    private readonly string _name;
    private Thread? _thread;
    private bool _disposed;

    public DescriptorWaiter(string name) => _name = name;

    private readonly record struct Request(int Descriptor, Action Wake);

    /// <summary>
    /// Calls <paramref name="wake"/> once when the descriptor can be read, has ended or is in error. If that is so already, the call comes
    /// soon. A second request for a descriptor replaces the first. Any thread.
    /// </summary>
    public void WakeWhenReadable(int descriptor, Action wake) =>
        ObjectDisposedException.ThrowIf(!TryWakeWhenReadable(descriptor, wake), this);

    /// <summary>The same. False, and nothing is woken, after the end.</summary>
    public bool TryWakeWhenReadable(int descriptor, Action wake)
    {
        lock (_gate)
        {
            if (_disposed) return false;
            _requests.RemoveAll(r => r.Descriptor == descriptor);
            _requests.Add(new Request(descriptor, wake));
            if (_thread is null) Start();
            EventFd.Ring(_bell);
            return true;
        }
    }

    /// <summary>Drops the request for a descriptor that is about to be closed. Any thread.</summary>
    public void Forget(int descriptor)
    {
        lock (_gate) _requests.RemoveAll(r => r.Descriptor == descriptor);
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
            // This is within the lock: the thread closes the bell when it has seen the end, and it cannot see the end before.
            if (thread is null) _bell.Dispose();
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
        var polled = new List<Poll.pollfd_t>();
        var due = new List<Action>();
        while (Collect(polled))
        {
            var descriptors = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(polled);
            Poll.Wait(descriptors, -1);
            if (descriptors[0].revents != 0) EventFd.Silence(_bell);
            TakeReady(descriptors[1..], due);
            foreach (var wake in due) wake();
            due.Clear();
        }

        _bell.Dispose();
    }

    private bool Collect(List<Poll.pollfd_t> polled)
    {
        polled.Clear();
        polled.Add(new Poll.pollfd_t { fd = (int)_bell.DangerousGetHandle(), events = Poll.POLLIN });
        lock (_gate)
        {
            foreach (var request in _requests) polled.Add(new Poll.pollfd_t { fd = request.Descriptor, events = Poll.POLLIN });
            return !_disposed;
        }
    }

    private void TakeReady(ReadOnlySpan<Poll.pollfd_t> polled, List<Action> due)
    {
        lock (_gate)
        {
            foreach (var descriptor in polled)
            {
                if (descriptor.revents == 0) continue;
                var at = _requests.FindIndex(r => r.Descriptor == descriptor.fd);
                if (at < 0) continue;
                due.Add(_requests[at].Wake);
                _requests.RemoveAt(at);
            }
        }
    }
}
