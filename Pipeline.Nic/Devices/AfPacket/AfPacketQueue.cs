using Pipeline.Nic.Accounts;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>
/// The packets that come in on an interface, or this queue's part of them. The kernel copies them into the blocks of a ring, where they are
/// read. The normal stack gets them too.
/// </summary>
/// <remarks>
/// <para>
/// A block is taken when the kernel hands it over. It is the kernel's again when the last of its packets is done with, on any thread. The
/// kernel fills blocks in order. When it reaches a block that is still held it cannot continue, and packets that arrive then are kernel
/// drops.
/// </para>
/// <para>
/// While the interface is down or gone the ring stays, and its packets are given out first. Where there are several queues and the
/// interface was made anew, the ring is made anew too, once all packets out of it are done with.
/// </para>
/// </remarks>
public sealed partial class AfPacketQueue : INicQueue
{
    private readonly PacketSocket _socket;
    private readonly PacketRing _ring;
    private readonly BlockPagePool _pool;
    private readonly NicInterface _interface;
    private readonly RingWaiter _waiter;
    private RingBlock _block;
    private int _nextBlock;
    private long _seen;
    private string? _trouble;
    private bool _isDraining;
    private bool _disposed;

    /// <param name="interfaceDrops">Null where another queue tells of them. Whoever made it disposes it after the queue.</param>
    internal AfPacketQueue(
        string name, PacketSocket socket, NicInterface nicInterface, DescriptorWaiter waiter, TimeSpan blockTimeout,
        LinkCounter? interfaceDrops)
    {
        _interfaceDrops = interfaceDrops;
        _socket = socket;
        _ring = socket.Ring;
        _interface = nicInterface;
        _pool = new BlockPagePool(name, _ring.BlockBytes, _ring);
        _waiter = new RingWaiter(
            socket, _pool, waiter, () => _ring.IsOurs(Before(_nextBlock)), () => !_ring.IsOurs(_nextBlock), blockTimeout);
    }

    /// <inheritdoc/>
    public string Name => _pool.Name;

    /// <inheritdoc/>
    public PagePool Pool => _pool;

    /// <inheritdoc/>
    public PageShare DeviceShare => _pool.Device;

    /// <inheritdoc/>
    public string? Trouble => Volatile.Read(ref _trouble);

    private bool HasBlock => _block.Packets > 0;

    /// <summary>
    /// Whether every packet that the kernel took has been given out. The kernel keeps a block that is not full for a while.
    /// </summary>
    private bool HasGivenOutAll
    {
        get
        {
            TakeStatistics();
            return _seen >= _kernelTook - _kernelDropped;
        }
    }

    /// <summary>Whether nobody reads the ring, and nothing in it is left to be read.</summary>
    private bool IsEmpty => HasGivenOutAll && !HasBlock && _pool.Outstanding == 0;

    /// <inheritdoc/>
    public bool TryOpen()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);

        // Opening again would let packets in, and a drained device must take none.
        if (_isDraining) return true;
        Volatile.Write(ref _trouble, (_socket.MustBeReplaced() && IsEmpty ? Replace() : null) ?? _socket.Rebind());
        return _trouble is null;
    }

    /// <inheritdoc/>
    public ReceiveStatus Receive(PageBundle bundle)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!HasBlock && !TryTakeBlock()) return WhyNothing();
        bundle.Interface = _interface;
        var (packets, bytes) = _block.Describe(_pool.Filled, bundle.Room, _interface.LinkType == Headers.LinkType.Ethernet, ref _counts);
        bundle.AppendedFrom(_block.Page, packets, bytes);
        _seen += packets;
        if (!HasBlock) _pool.ReleaseFilled(_block.Page);
        return ReceiveStatus.Received;
    }

    /// <inheritdoc/>
    public void WakeWhenReady(Action wake)
    {
        if (_disposed) wake();
        else _waiter.WakeWhenReady(wake);
    }

    /// <inheritdoc/>
    public bool Drain()
    {
        if (_disposed) return false;
        _socket.Stop();
        _isDraining = true;
        return true;
    }

    /// <summary>
    /// Closes the socket. Packets already received stay valid. The other packets in the ring and in the kernel's block count as dropped by
    /// the kernel if the losses are read once more.
    /// </summary>
    public void Dispose()
    {
        if (_disposed) return;
        _socket.Stop();
        TakeStatistics();
        _kernelDropped = _kernelTook - _seen;
        _disposed = true;
        _waiter.Dispose();
        if (HasBlock) _pool.ReleaseFilled(_block.Page);
        _block = default;
        _socket.Dispose();
        _pool.Dispose();
    }

    private string? Replace() => _waiter.WhileNobodyLooks(() =>
    {
        var trouble = _socket.Replace();
        if (trouble is null) _nextBlock = 0;
        return trouble;
    });

    private int Before(int block) => (block == 0 ? _pool.PageCount : block) - 1;

    private bool TryTakeBlock()
    {
        while (_ring.IsReady(_nextBlock) && _pool.TryTake(_nextBlock))
        {
            _block = _ring.Take(_nextBlock);
            _nextBlock = _nextBlock + 1 == _pool.PageCount ? 0 : _nextBlock + 1;
            if (HasBlock) return true;
            _pool.ReleaseFilled(_block.Page);
        }

        return false;
    }

    /// <summary>
    /// Reads the socket's error even where none is expected: the kernel tells it once, perhaps in the wake-up that brought the last
    /// packets, and a thread that waits for what is new is not told again.
    /// </summary>
    private ReceiveStatus WhyNothing()
    {
        var error = _socket.TakeError();
        if (_isDraining) return HasGivenOutAll ? ReceiveStatus.End : ReceiveStatus.Empty;
        if (_trouble is null && error == Errno.None) return ReceiveStatus.Empty;
        return !TryOpen() && HasGivenOutAll ? ReceiveStatus.Down : ReceiveStatus.Empty;
    }
}
