using Pipeline.Nic.Accounts;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.Tap;

/// <summary>What is sent to a TAP or macvtap, or this queue's part of it. Each packet is read into a page of its own.</summary>
/// <remarks>
/// While the interface is down nothing comes, and waiting on the descriptor tells neither that nor its end; the news of interfaces do. An
/// interface that was deleted and is there again is attached to again. One that gets another name is still read.
/// </remarks>
public sealed unsafe partial class TapQueue : INicQueue
{
    private const long UnixEpochTicks = 621_355_968_000_000_000; // DateTime.UnixEpoch, in 100 ns
    private const int NanosecondsPerTick = 100;

    private readonly int _index;
    private readonly TapPort _port;
    private readonly TapEnd _end;
    private readonly NicInterface _interface;
    private readonly PacketPagePool _pool;
    private readonly DescriptorWaiter _waiter;
    private readonly LinkNews _news;
    private readonly byte* _region;
    private readonly Action _forget;
    private int _newsSeen;
    private string? _trouble;
    private bool _disposed;

    /// <param name="end">This owns it.</param>
    /// <param name="pool">This owns it.</param>
    /// <param name="waiter">The device's.</param>
    /// <param name="news">The device's.</param>
    /// <param name="interfaceDrops">Null where another queue tells of them. Whoever made it disposes it after the queue.</param>
    internal TapQueue(
        int index, TapPort port, TapEnd end, NicInterface nicInterface, PacketPagePool pool, DescriptorWaiter waiter, LinkNews news,
        LinkCounter? interfaceDrops)
    {
        (_index, _port, _end, _interface, _pool, _interfaceDrops) = (index, port, end, nicInterface, pool, interfaceDrops);
        (_waiter, _news) = (waiter, news);
        _region = _pool.RegionFor([]);
        _forget = () => _waiter.Forget(_end.Descriptor);
    }

    /// <inheritdoc/>
    public string Name => _pool.Name;

    /// <summary>Pages of one packet each, for this queue alone.</summary>
    public PagePool Pool => _pool;

    /// <inheritdoc/>
    public PageShare DeviceShare => _pool.Device;

    /// <inheritdoc/>
    public string? Trouble => Volatile.Read(ref _trouble);

    /// <inheritdoc/>
    public bool TryOpen()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _newsSeen = _news.Edition;
        Volatile.Write(ref _trouble, _port.WhyNot(_end, _forget));
        return _trouble is null;
    }

    /// <inheritdoc/>
    public ReceiveStatus Receive(PageBundle bundle)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var room = bundle.Room;
        var now = (DateTime.UtcNow.Ticks - UnixEpochTicks) * NanosecondsPerTick;
        var (filled, bytes, error) = (0, 0L, Errno.None);
        while (filled < room.Length && _pool.TryRent(out var page))
        {
            var at = _pool.OffsetOf(page);
            var length = _end.Read(_region + at, _pool.PageSize, out var flags, out error);
            if (length < 0)
            {
                _pool.ReturnUnused(page);
                if (error == Errno.None) continue;
                break;
            }

            var captured = Math.Min(length, _pool.PageSize);
            if (captured < length) _cut++;
            Packet.Write(out room[filled++], now, at, (uint)captured, (uint)length, flags: flags);
            bytes += captured;
        }

        if (filled == 0) return error == Errno.None ? ReceiveStatus.NoPage : WhyNothing(error);
        bundle.Interface = _interface;
        DeviceShare.Take(_pool.PageOf(room[0].Offset), filled);
        bundle.Appended(filled, bytes);
        _sinceDropsRead += filled;
        return ReceiveStatus.Received;
    }

    /// <inheritdoc/>
    public void WakeWhenReady(Action wake)
    {
        _news.WakeAtNews(_index, wake);
        if (_disposed || _newsSeen != _news.Edition || !_waiter.TryWakeWhenReadable(_end.Descriptor, wake)) wake();
    }

    /// <summary>Nothing is taken ahead: what waits, waits in the interface's queue, as on a wire.</summary>
    public bool Drain() => false;

    /// <summary>Closes the descriptor. Packets already received stay valid.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        CountRest();
        _forget();
        _end.Dispose();
        _pool.Dispose();
    }

    private ReceiveStatus WhyNothing(Errno error)
    {
        if (error == Errno.EAGAIN && _trouble is null && _newsSeen == _news.Edition) return ReceiveStatus.Empty;
        if (!TryOpen()) return ReceiveStatus.Down;

        // An interface that is there and cannot be read would be asked for ever.
        if (error is not (Errno.EAGAIN or Errno.EFAULT or Errno.EBADFD or Errno.ENOLINK)) throw new LinuxException("readv", Name, error);
        return ReceiveStatus.Empty;
    }
}
