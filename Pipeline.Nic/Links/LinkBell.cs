using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Links;

/// <summary>
/// Wakes the thread of a link. Ringing it costs a system call only while the thread sleeps or is about to.
/// </summary>
/// <remarks>
/// The thread arms the bell, looks for work once more, and then waits. Whoever has work for it publishes the work first and rings then. So
/// either the thread sees the work, or the bell rings.
/// </remarks>
internal sealed class LinkBell : IDisposable
{
    private readonly SafeFileHandle _event = EventFd.Create();
    private int _armed;

    /// <summary>For polling it beside other descriptors.</summary>
    public int Descriptor => (int)_event.DangerousGetHandle();

    /// <summary>The thread is about to sleep. Only for that thread, as are the two below.</summary>
    public void Arm() => Interlocked.Exchange(ref _armed, 1);

    /// <summary>The thread is awake.</summary>
    public void Disarm() => Volatile.Write(ref _armed, 0);

    /// <summary>Takes note of a ring that the thread was told of.</summary>
    public void Hush() => EventFd.Hush(_event);

    /// <summary>Wakes the thread if it sleeps. Any thread, also after the end.</summary>
    public void Ring()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _armed) != 0 && Interlocked.Exchange(ref _armed, 0) != 0) RingAlways();
    }

    /// <summary>Wakes the thread from its next sleep, too. Any thread, also after the end.</summary>
    public void RingAlways()
    {
        try
        {
            EventFd.Ring(_event);
        }
        catch (ObjectDisposedException)
        {
            // The link has ended: a consumer disposes a bundle of it late, and nobody waits to hear of that.
        }
    }

    public void Dispose() => _event.Dispose();
}
