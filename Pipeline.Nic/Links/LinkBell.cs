using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Links;

/// <summary>
/// Wakes the thread of a link. Ringing it costs a system call only while the thread sleeps or is about to.
/// </summary>
/// <remarks>
/// The thread arms the bell, looks for work once more, and then waits. Whoever has work for it publishes the work first and rings then. So
/// either the thread sees the work, or the bell rings. Between arming and waiting the thread may hush the bell, because it also waits for
/// room in the socket: a bell that was rung meanwhile is no longer armed, and then the thread must not wait.
/// </remarks>
internal sealed class LinkBell : IDisposable
{
    private readonly SafeFileHandle _event = EventFd.Create();
    private int _armed;
    private Action? _listener;

    /// <summary>For polling it beside other descriptors.</summary>
    public int Descriptor => (int)_event.DangerousGetHandle();

    /// <summary>The thread is about to sleep. Only for that thread, as are the three below.</summary>
    public void Arm() => Interlocked.Exchange(ref _armed, 1);

    /// <summary>Whether nobody has rung since it was armed.</summary>
    public bool IsArmed => Volatile.Read(ref _armed) != 0;

    /// <summary>The thread is awake.</summary>
    public void Disarm() => Volatile.Write(ref _armed, 0);

    /// <summary>Takes note of a ring that the thread was told of.</summary>
    public void Hush() => EventFd.Hush(_event);

    /// <summary>Wakes the thread if it sleeps. Any thread, also after the end.</summary>
    public void Ring()
    {
        Interlocked.MemoryBarrier();
        if (IsArmed && Interlocked.Exchange(ref _armed, 0) != 0) Wake();
    }

    /// <summary>Wakes the thread from its next sleep, too. Any thread, also after the end.</summary>
    public void RingAlways()
    {
        Interlocked.Exchange(ref _armed, 0);
        Wake();
    }

    /// <summary>The thread has ended, and somebody else is woken from now on, once whenever the bell was armed.</summary>
    /// <param name="listener">Called on the thread that rings.</param>
    public void Listen(Action listener) => Volatile.Write(ref _listener, listener);

    public void Dispose() => _event.Dispose();

    private void Wake()
    {
        if (Volatile.Read(ref _listener) is { } listener)
        {
            listener();
            return;
        }

        try
        {
            EventFd.Ring(_event);
        }
        catch (ObjectDisposedException)
        {
            // The link has ended: a consumer disposes a bundle of it late, and nobody waits to hear of that.
        }
    }
}
