using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>Waits for a ring's next block, for one thread at a time.</summary>
/// <remarks>
/// The kernel reports a ring as readable while the block before its own is not given back, whether or not that block is new
/// (Linux, net/packet/af_packet.c, packet_poll). While that block is out, every poll would return at once. So the socket is waited for only
/// after the block has come home, and whoever brings it home asks for that in the name of the thread that sleeps, which stays asleep. A
/// new block that comes meanwhile is found after the time in which the kernel hands over a block that has packets.
/// </remarks>
internal sealed class RingWaiter : IDisposable
{
    // Whoever brings a page home may be late: the ring must not be unmapped and the socket not closed while it looks at them.
    private readonly Lock _gate = new();
    private readonly PacketSocket _socket;
    private readonly BlockPagePool _pool;
    private readonly DescriptorWaiter _waiter;
    private readonly Func<bool> _isLastOut;
    private readonly Func<bool> _isDrained;
    private readonly TimeSpan _again;
    private readonly SafeFileHandle _timer = TimerFd.Create();
    private readonly Action _wakeOnce;
    private readonly Action _onReturned;
    private DescriptorSet? _sleeper;
    private Action? _wake;
    private bool _disposed;

    /// <param name="isLastOut">Whether the block before the kernel's is not given back. Any thread asks while the queue's sleeps.</param>
    /// <param name="isDrained">Whether the kernel has not handed over the next block. Any thread asks, as above.</param>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public RingWaiter(
        PacketSocket socket, BlockPagePool pool, DescriptorWaiter waiter, Func<bool> isLastOut, Func<bool> isDrained, TimeSpan again)
    {
        (_socket, _pool, _waiter) = (socket, pool, waiter);
        (_isLastOut, _isDrained, _again) = (isLastOut, isDrained, again);
        _wakeOnce = () => Interlocked.Exchange(ref _wake, null)?.Invoke();
        _onReturned = OnReturned;
    }

    private int TimerDescriptor => (int)_timer.DangerousGetHandle();

    /// <summary>Calls <paramref name="wake"/> once, from any thread.</summary>
    public void WakeWhenReady(Action wake)
    {
        _sleeper = DescriptorSet.OfThisThread;
        Interlocked.Exchange(ref _wake, wake);
        if (!_isLastOut())
        {
            WaitForSocket();
            return;
        }

        TimerFd.Set(_timer, _again);
        if (!_waiter.TryWakeWhenReadable(TimerDescriptor, _wakeOnce, _sleeper)) _wakeOnce();
        WaitForPage();
    }

    /// <summary>Has the socket replaced, and what is in its ring. The request for the descriptor goes first.</summary>
    public string? WhileNobodyLooks(Func<string?> replace)
    {
        lock (_gate)
        {
            Forget();
            return replace();
        }
    }

    /// <summary>Must come before the socket is closed and the pool disposed.</summary>
    public void Dispose()
    {
        lock (_gate) _disposed = true;
        Forget();
        _waiter.Forget(TimerDescriptor);
        _timer.Dispose();
    }

    private void Forget() => _waiter.Forget(_socket.Descriptor);

    /// <summary>The pool does not see a page that came home just before it was asked, so the block is looked at once more.</summary>
    private void WaitForPage()
    {
        _pool.WakeWhenReturned(_onReturned);
        if (!_isLastOut()) OnReturned();
    }

    private void OnReturned()
    {
        lock (_gate)
        {
            if (_disposed || Volatile.Read(ref _wake) is null) return;
            if (_isLastOut())
            {
                WaitForPage();
                return;
            }

            TimerFd.Set(_timer, TimeSpan.Zero);
            WaitForSocket();
        }
    }

    private void WaitForSocket()
    {
        if (!_waiter.TryWakeWhenReadable(_socket.Descriptor, _wakeOnce, _sleeper, _isDrained())) _wakeOnce();
    }
}
