using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices;

/// <summary>
/// Descriptors and what to call when each can be read. A thread that has nothing else to do waits for them: one of a device's own, or one
/// that runs the queue itself, so that a packet wakes no thread but the one that takes it.
/// </summary>
/// <remarks>A request wakes nobody: it would be one more switch between threads for every burst of packets.</remarks>
public sealed class DescriptorSet : IDisposable
{
    /// <summary>A wait that was longer than so many rests is a pause. Whatever comes that seldom is not worth resting for.</summary>
    private const int RestsToPause = 20;

    [ThreadStatic]
    private static DescriptorSet? t_ofThisThread;

    private readonly Lock _gate = new();
    private readonly SafeFileHandle _set = Epoll.Create();
    private readonly SafeFileHandle _bell;
    private readonly Dictionary<int, Watched> _watched = [];
    private volatile int _count;
    private bool _isTrickle;
    private bool _isClose;
    private bool _disposed;

    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public DescriptorSet()
    {
        try
        {
            _bell = EventFd.Create();
            Epoll.WatchBell(_set, (int)_bell.DangerousGetHandle());
        }
        catch
        {
            _bell?.Dispose();
            _set.Dispose();
            throw;
        }
    }

    /// <summary>The set that this thread waits for when it has nothing else to do; null for most threads.</summary>
    public static DescriptorSet? OfThisThread
    {
        get => t_ofThisThread;
        set => t_ofThisThread = value;
    }

    /// <summary>
    /// How long the thread rests before it waits again, where few packets come but closely one after the other: those that come meanwhile
    /// wake it once and not one by one, as a network card's interrupts are moderated (ethtool -C, rx-usecs). Nobody wakes it from a rest.
    /// Zero for none. To be set on the thread that waits.
    /// </summary>
    public TimeSpan Rest { get; set; }

    /// <summary>How often it rested.</summary>
    public long Rests { get; private set; }

    /// <summary>Whether anybody asked for anything. Any thread.</summary>
    public bool HasRequests => _count > 0;

    /// <summary>
    /// Has <paramref name="wake"/> called once, by whoever waits, when the descriptor can be read, has ended or is in error. A second
    /// request for a descriptor replaces the first. Any thread.
    /// </summary>
    /// <param name="isDrained">
    /// Whether the caller has found nothing to read since the last call of a wake-up, and left nothing. Then a descriptor that becomes
    /// readable again and again costs a system call less each time. With something left it would be waited for in vain.
    /// </param>
    /// <param name="isTrickle">
    /// Whether the last wake-up brought so little that the thread should rest before it waits. A rest, too, ends with an interrupt: after
    /// many packets it would be a loss.
    /// </param>
    /// <returns>False for what cannot be waited for: a regular file, which is always readable, or anything after the end.</returns>
    /// <exception cref="LinuxException">The descriptor is not open.</exception>
    public bool TryAdd(int descriptor, Action wake, bool isDrained = false, bool isTrickle = false)
    {
        lock (_gate)
        {
            if (_disposed) return false;
            if (!_watched.TryGetValue(descriptor, out var watched)) _watched[descriptor] = watched = new Watched();
            if (!(isDrained && watched.IsArmed))
            {
                if (!Epoll.Watch(_set, descriptor, once: !isDrained))
                {
                    Drop(descriptor);
                    return false;
                }

                watched.IsArmed = isDrained;
            }

            if (watched.Wake is null) _count++;
            watched.Wake = wake;
            _isTrickle |= isTrickle;
            return true;
        }
    }

    /// <summary>Drops the request for a descriptor that is about to be closed. Any thread.</summary>
    public void Forget(int descriptor)
    {
        lock (_gate)
        {
            Drop(descriptor);
            if (!_disposed) Epoll.Forget(_set, descriptor);
        }
    }

    /// <summary>Waits until a descriptor can be read or somebody rings, and collects what is to be called.</summary>
    /// <param name="waits">False looks, and does not wait.</param>
    /// <param name="due">Gets the calls, which this does not make.</param>
    public void Wait(bool waits, List<Action> due)
    {
        if (!waits)
        {
            Report(waits: false, due);
            return;
        }

        var rests = _isTrickle && _isClose;
        (_isTrickle, _isClose) = (false, false);
        if (rests && RestFinds(due)) return;
        var since = Stopwatch.GetTimestamp();
        Report(waits: true, due);
        _isClose = due.Count > 0 && Stopwatch.GetElapsedTime(since) < RestsToPause * Rest;
    }

    /// <summary>Ends a wait, this one or the next. Any thread; it takes no lock. After the end there is nobody to wake.</summary>
    public void Ring()
    {
        try
        {
            EventFd.Ring(_bell);
        }
        catch (ObjectDisposedException)
        {
            // It ended just now.
        }
    }

    /// <returns>Whether something was reported. Then a second rest does not follow: what comes later may be long in coming.</returns>
    private bool RestFinds(List<Action> due)
    {
        Rests++;
        Nap.Take(Rest);
        return Report(waits: false, due);
    }

    [SkipLocalsInit] // once for every pause
    private bool Report(bool waits, List<Action> due)
    {
        Span<int> reported = stackalloc int[Epoll.MostReported];
        reported = reported[..Epoll.Wait(_set, reported, waits)];
        lock (_gate)
        {
            foreach (var descriptor in reported)
            {
                if (_watched.TryGetValue(descriptor, out var watched) && !_disposed) Collect(descriptor, watched, due);
            }
        }

        return reported.Length > 0;
    }

    private void Collect(int descriptor, Watched watched, List<Action> due)
    {
        if (watched.Wake is { } wake)
        {
            due.Add(wake);
            watched.Wake = null;
            _count--;
        }
        else if (watched.IsArmed)
        {
            // Nobody asks for it now. It would wake the thread again and again, and who asks next must not miss what was just reported: a
            // descriptor that is watched anew is reported at once if it is readable.
            watched.IsArmed = false;
            Epoll.Forget(_set, descriptor);
        }
    }

    private void Drop(int descriptor)
    {
        if (_watched.Remove(descriptor, out var watched) && watched.Wake is not null) _count--;
    }

    /// <summary>Nobody waits any more, and requests are forgotten.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            _watched.Clear();
            _count = 0;
            _bell.Dispose();
            _set.Dispose();
        }
    }

    /// <summary>A descriptor that somebody asked for.</summary>
    private sealed class Watched
    {
        /// <summary>The request; null while there is none.</summary>
        public Action? Wake { get; set; }

        /// <summary>Whether the kernel reports it whenever it becomes readable. Then a request needs no system call.</summary>
        public bool IsArmed { get; set; }
    }
}
