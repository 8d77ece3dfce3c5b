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
    private const int Awake = 0;
    private const int Armed = 1;
    private const int Muted = 2;

    private readonly SafeFileHandle _event = EventFd.Create();
    private int _state;
    private Action? _listener;

    /// <summary>For polling it beside other descriptors.</summary>
    public int Descriptor => (int)_event.DangerousGetHandle();

    /// <summary>The thread is about to sleep. Only for that thread, as are the three below.</summary>
    public void Arm() => Interlocked.Exchange(ref _state, Armed);

    /// <summary>
    /// The thread is about to sleep for a moment, through any <see cref="Ring"/>: it looks for work by itself afterwards. A ring that came
    /// after <see cref="Arm"/> is slept through, too.
    /// </summary>
    public void Mute() => Interlocked.Exchange(ref _state, Muted);

    /// <summary>Whether nobody has rung since it was armed, or it is muted: the thread may sleep.</summary>
    public bool MaySleep => Volatile.Read(ref _state) != Awake;

    /// <summary>The thread is awake.</summary>
    public void Disarm() => Volatile.Write(ref _state, Awake);

    /// <summary>Takes note of a ring that the thread was told of.</summary>
    public void Hush() => EventFd.Hush(_event);

    /// <summary>Wakes the thread if it sleeps and the bell is not muted. Any thread, also after the end.</summary>
    public void Ring()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _state) == Armed && Interlocked.CompareExchange(ref _state, Awake, Armed) == Armed) Wake();
    }

    /// <summary>Wakes the thread from its next sleep, too. Any thread, also after the end.</summary>
    public void RingAlways()
    {
        Interlocked.Exchange(ref _state, Awake);
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
