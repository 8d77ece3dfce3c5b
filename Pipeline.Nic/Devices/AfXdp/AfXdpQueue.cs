using Pipeline.Nic.Accounts;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules.Ebpf;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>
/// One queue of an interface: the packets that the program in the kernel has marked and taken. The kernel copies each into a page of the
/// pool. The normal stack never sees them.
/// </summary>
/// <remarks>
/// <para>Half of the pages lie with the kernel, waiting for packets. When no page is there the kernel drops, and counts.</para>
/// <para>
/// A packet in several pieces is put together in the page of the first, which has the room, because the kernel is told only of the
/// beginning of each page.
/// </para>
/// <para>While the interface is down or gone the memory stays, and packets that came before are given out first.</para>
/// </remarks>
public sealed unsafe class AfXdpQueue : INicQueue
{
    private const long UnixEpochTicks = 621_355_968_000_000_000; // DateTime.UnixEpoch, in 100 ns
    private const int NanosecondsPerTick = 100;

    /// <summary>Fewer packets than this between two waits are a trickle: half a bundle of the usual size.</summary>
    private const int Trickle = 32;

    private readonly AfXdpNic _nic;
    private readonly int _index;
    private readonly PacketPagePool _pool;
    private readonly UmemPages _pages;
    private readonly byte* _region;
    private readonly XdpLosses _losses = new();
    private XdpSocket? _socket;
    private LoadedGeneration? _generation;
    private int _netdev;
    private long _received;
    private long _receivedBefore;
    private int _newsSeen;
    private string? _trouble;
    private bool _disposed;

    /// <param name="pool">This owns it.</param>
    internal AfXdpQueue(AfXdpNic nic, int index, PacketPagePool pool)
    {
        (_nic, _index, _pool) = (nic, index, pool);
        _region = _pool.RegionFor([]);
        _pages = new UmemPages(_pool);
    }

    /// <inheritdoc/>
    public string Name => _pool.Name;

    /// <summary>Pages of one packet each, for this queue alone.</summary>
    public PagePool Pool => _pool;

    /// <inheritdoc/>
    public PageShare DeviceShare => _pool.Device;

    /// <inheritdoc/>
    public int MostAhead => _nic.Options.RingEntries;

    /// <inheritdoc/>
    public string? Trouble => Volatile.Read(ref _trouble);

    /// <summary>Whether the driver writes packets into the pages itself.</summary>
    internal bool IsZeroCopy => _socket?.IsZeroCopy == true;

    /// <summary>The longest packet that is received, in bytes.</summary>
    internal int LongestPacket =>
        (_socket?.TakesPieces == true ? _pool.PageSize : AfXdpOptions.ChunkBytes) - AfXdpOptions.KernelsRoom;

    /// <inheritdoc/>
    public bool TryOpen()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);

        // A drained device must take nothing more.
        if (_nic.IsDraining) return true;
        _newsSeen = _nic.News.Edition;
        Volatile.Write(ref _trouble, WhyNotOpen());
        return _trouble is null;
    }

    /// <inheritdoc/>
    public ReceiveStatus Receive(PageBundle bundle)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_socket is null) return _nic.IsDraining ? ReceiveStatus.End : ReceiveStatus.Down;
        if (_pages.Fill(_socket.Fill) && _socket.Fill.NeedsWakeUp) _socket.Kick();
        var available = _socket.Received.Available(bundle.Capacity);
        if (available == 0) return WhyNothing();
        return Take(_socket.Received, available, bundle) ? ReceiveStatus.Received : ReceiveStatus.Empty;
    }

    /// <inheritdoc/>
    public void WakeWhenReady(Action wake)
    {
        _nic.News.WakeAtNews(_index, wake);
        if (_disposed || _newsSeen != _nic.News.Edition || _socket is null)
        {
            wake();
            return;
        }

        // Packets can be left, after a bundle's worth of those that are too long.
        var isDrained = _socket.Received.Available(1) == 0;
        var isTrickle = _received - _receivedBefore < Trickle;
        _receivedBefore = _received;
        if (!_nic.Waiter.TryWakeWhenReadable(_socket.Descriptor, wake, DescriptorSet.OfThisThread, isDrained, isTrickle)) wake();
    }

    /// <inheritdoc/>
    public void ReadLosses(QueueAccount account)
    {
        if (_socket is not null) _losses.Note(_socket.Statistics);
        if (_disposed) _losses.Close(_nic.Attachment.Port.Taken(_index) - _received);
        if (_index == 0 && !_disposed) _losses.NoteMissed(_nic.Missed.Total(isLast: _nic.IsDraining));
        _losses.Tell(account);
    }

    /// <inheritdoc/>
    public bool Drain()
    {
        if (_disposed) return false;
        _nic.Drain();
        return true;
    }

    /// <summary>Closes the socket. Packets already received stay valid; those in the ring count as lost.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Close();
        _pool.Dispose();
    }

    /// <summary>Opens the socket and gives the kernel its pages. For the thread that makes the device.</summary>
    /// <exception cref="LinuxException">The queue is held by another socket, or there is no memory.</exception>
    internal void Open(int netdev)
    {
        _socket = XdpSocket.Open(_pool, netdev, _index, _nic.Options);
        _netdev = netdev;
        _pages.Fill(_socket.Fill);

        // The kernel may hand packets over only now: a socket without pages loses all of them.
        _nic.Attachment.Port.Put(_index, _socket.Handle);
    }

    private void Close()
    {
        if (_socket is null) return;
        _nic.Attachment.Port.Remove(_index);
        _nic.Waiter.Forget(_socket.Descriptor);
        _losses.Note(_socket.Statistics);
        _losses.NextSocket();
        _socket.Dispose();
        _socket = null;
        _pages.ReturnAll();
    }

    /// <summary>Describes packets of one generation, as many as there are places for.</summary>
    /// <returns>False when there was none: a packet's last piece is still to come, or its pieces do not fit into a page.</returns>
    private bool Take(XdpRing<IfXdp.xdp_desc> ring, int available, PageBundle bundle)
    {
        var room = bundle.Room;
        var now = (DateTime.UtcNow.Ticks - UnixEpochTicks) * NanosecondsPerTick;
        var (filled, read, bytes) = (0, 0, 0L);
        Prefetch(ring, Math.Min(available, room.Length));
        while (read < available && filled < room.Length)
        {
            ref readonly var piece = ref ring[read];
            var metadata = XdpMetadata.Before(_region + piece.addr);
            if (filled == 0) _generation = Find(metadata.Generation);
            else if (metadata.Generation != (uint)(_generation?.Generation ?? 0)) break;
            var (length, pieces) = (piece.len, 1);
            if ((piece.options & IfXdp.XDP_PKT_CONTD) != 0 && !TryGather(ring, read, available, out length, out pieces)) break;
            var page = _pool.PageOf((uint)piece.addr);
            _pages.TakeBack(page);
            read += pieces;
            if (length == 0)
            {
                _pages.Reuse(page);
                continue;
            }

            Packet.Write(out room[filled], now, (uint)piece.addr, length, length);
            if (_generation is { } generation) metadata.WriteTo(ref room[filled], generation.Marks.Rules);
            bytes += length;
            filled++;
        }

        ring.Consume(read);
        _received += filled;
        if (filled == 0) return false;
        bundle.Interface = _nic.Interface;
        if (_generation is not null) bundle.MarkedBy = _generation.Marks;
        DeviceShare.Take(_pool.PageOf(room[0].Offset), filled);
        bundle.Appended(filled, bytes);
        return true;
    }

    /// <summary>The metadata's and the packet's first bytes were written by the kernel, perhaps on another CPU.</summary>
    private void Prefetch(XdpRing<IfXdp.xdp_desc> ring, int count)
    {
        if (!System.Runtime.Intrinsics.X86.Sse.IsSupported) return;
        for (var i = 0; i < count; i++) System.Runtime.Intrinsics.X86.Sse.Prefetch0(_region + ring[i].addr - XdpMetadata.Bytes);
    }

    private LoadedGeneration? Find(uint generation) =>
        _generation?.Generation == (int)generation ? _generation : _nic.Attachment.Find(generation);

    /// <summary>
    /// Puts the pieces of a packet together behind the first. Their pages are the kernel's again.
    /// </summary>
    /// <param name="length">All bytes; 0 for a packet that does not fit, which counts as lost.</param>
    /// <returns>False when the last piece has not come yet.</returns>
    private bool TryGather(XdpRing<IfXdp.xdp_desc> ring, int first, int available, out uint length, out int pieces)
    {
        (length, pieces) = (0, 1);
        while ((ring[first + pieces - 1].options & IfXdp.XDP_PKT_CONTD) != 0)
        {
            if (first + pieces >= available)
            {
                // All that have come are asked for, so that a long packet is not waited for in vain.
                var more = ring.Available(first + pieces + 1);
                if (more <= first + pieces) return false;
                available = more;
            }

            pieces++;
        }

        var to = _region + ring[first].addr;
        var end = _region + _pool.OffsetOf(_pool.PageOf((uint)ring[first].addr)) + _pool.PageSize;
        var at = to + ring[first].len;
        var fits = true;
        for (var i = 1; i < pieces; i++)
        {
            ref readonly var piece = ref ring[first + i];
            fits &= at + piece.len <= end;
            if (fits) Buffer.MemoryCopy(_region + piece.addr, at, end - at, piece.len);
            at += piece.len;
            var page = _pool.PageOf((uint)piece.addr);
            _pages.TakeBack(page);
            _pages.Reuse(page);
        }

        if (fits) length = (uint)(at - to);
        else _losses.CountTooLong();
        return true;
    }

    private ReceiveStatus WhyNothing()
    {
        if (_nic.IsDraining) return _nic.IsDetached && _socket!.Received.Available(1) == 0 ? ReceiveStatus.End : ReceiveStatus.Empty;
        if ((_trouble is not null || _newsSeen != _nic.News.Edition) && !TryOpen()) return ReceiveStatus.Down;
        // The kernel may have used its last page only now, and then nobody else could bring one home.
        return _socket!.Fill.Waiting == 0 && _socket.Received.Available(1) == 0 ? ReceiveStatus.NoPage : ReceiveStatus.Empty;
    }

    private string? WhyNotOpen()
    {
        if (_socket is not null)
        {
            var link = _nic.Look(_netdev);

            // An interface that went to another network namespace and came back looks as before, but its sockets are dead.
            if (link is not null && _socket.TakeError() != Errno.ENETDOWN)
                return _nic.Attachment.AttachAgain(_netdev) ?? (link.IsUp ? null : $"{link.Name} is down");
            if (link is null) _nic.Attachment.DetachFrom(_netdev);
            Close();
        }

        return _nic.OpenAgain(this);
    }
}
