using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>Waits for a ring's next block, for one thread at a time.</summary>
/// <remarks>
/// The kernel reports a ring as readable while the block before its own is not given back, whether or not that block is new
/// (Linux, net/packet/af_packet.c, packet_poll). While that block is out, every poll would return at once. So the ring is checked again
/// when a page comes home, or after the time in which the kernel hands over a block that has packets. The timer is what no wake-up is lost
/// by: the pool does not see a page that came home just before it was asked.
/// </remarks>
internal sealed class RingWaiter : IDisposable
{
    private readonly PacketSocket _socket;
    private readonly BlockPagePool _pool;
    private readonly DescriptorWaiter _waiter;
    private readonly TimeSpan _again;
    private readonly Timer _timer;
    private readonly Action _wakeOnce;
    private Action? _wake;

    public RingWaiter(PacketSocket socket, BlockPagePool pool, DescriptorWaiter waiter, TimeSpan again)
    {
        (_socket, _pool, _waiter, _again) = (socket, pool, waiter, again);
        _wakeOnce = () => Interlocked.Exchange(ref _wake, null)?.Invoke();
        _timer = new Timer(_ => _wakeOnce());
    }

    /// <summary>Calls <paramref name="wake"/> once, from any thread.</summary>
    /// <param name="isLastOut">Whether the block before the kernel's is not given back.</param>
    public void WakeWhenReady(Action wake, bool isLastOut)
    {
        if (!isLastOut)
        {
            _waiter.WakeWhenReadable(_socket.Descriptor, wake);
            return;
        }

        Volatile.Write(ref _wake, wake);
        _timer.Change(_again, Timeout.InfiniteTimeSpan);
        _pool.WakeWhenReturned(_wakeOnce);
    }

    /// <summary>Drops the request for the socket's descriptor, which is about to be closed.</summary>
    public void Forget() => _waiter.Forget(_socket.Descriptor);

    public void Dispose()
    {
        _timer.Dispose();
        Forget();
    }
}
