using Pipeline.Nic.Accounts;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>
/// The packets of one queue that the program took and that no bundle got. The kernel counts most of them for the socket; a queue that gets
/// another socket goes on counting. One thread at a time.
/// </summary>
internal sealed class XdpLosses
{
    private static readonly DeviceLoss[] Kinds =
        [DeviceLoss.RingFull, DeviceLoss.FillEmpty, DeviceLoss.InvalidDescriptor, DeviceLoss.KernelDrops, DeviceLoss.InterfaceDrops];

    private const int Missed = 4;

    private readonly long[] _earlier = new long[Kinds.Length];
    private readonly long[] _now = new long[Kinds.Length];
    private readonly long[] _told = new long[Kinds.Length];
    private long _tooLong;
    private bool _isClosed;

    private long Known => _earlier.Sum() + _now.Sum() + _tooLong - _earlier[Missed];

    /// <summary>Takes over what the kernel has counted for the socket.</summary>
    public void Note(in IfXdp.xdp_statistics socket)
    {
        _now[0] = (long)socket.rx_ring_full;
        _now[1] = (long)socket.rx_fill_ring_empty_descs;

        // Packets that are longer than a chunk, for a socket that takes no pieces.
        _now[2] = (long)(socket.rx_dropped - socket.rx_fill_ring_empty_descs);
    }

    /// <summary>The next numbers will be another socket's.</summary>
    public void NextSocket()
    {
        for (var i = 0; i < _now.Length; i++) (_earlier[i], _now[i]) = (_earlier[i] + _now[i], 0);
    }

    /// <summary>Takes over what the interface lost before any program ran.</summary>
    public void NoteMissed(long packets) => _earlier[Missed] = packets;

    /// <summary>Counts a packet whose pieces do not fit into a page.</summary>
    public void CountTooLong() => _tooLong++;

    /// <summary>
    /// At the end: whatever the program took and nobody has seen or counted was dropped by the kernel, or lay in the ring.
    /// </summary>
    /// <param name="missing">Packets that the program took and that were not received.</param>
    public void Close(long missing)
    {
        if (_isClosed) return;
        _isClosed = true;
        _earlier[3] += Math.Max(0, missing - Known);
    }

    /// <summary>Adds to the queue's account what it has not been told yet.</summary>
    public void Tell(QueueAccount account)
    {
        for (var i = 0; i < Kinds.Length; i++)
        {
            var lost = _earlier[i] + _now[i] + (Kinds[i] == DeviceLoss.InvalidDescriptor ? _tooLong : 0);
            if (lost > _told[i]) account.CountLost(Kinds[i], lost - _told[i]);
            _told[i] = Math.Max(_told[i], lost);
        }
    }
}
