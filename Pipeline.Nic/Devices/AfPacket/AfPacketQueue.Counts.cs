using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>What the kernel and the interface count.</summary>
public sealed partial class AfPacketQueue
{
    private readonly LinkCounter? _interfaceDrops;
    private RingCounts _counts;
    private long _kernelTook;
    private long _kernelDropped;
    private long _dropsTold;
    private long _interfaceDropsTold;

    /// <summary>
    /// Packets that did not fit into a block, so that fewer bytes were captured than the wire carried. Super-packets of segmentation
    /// offload fit into blocks of 128 KiB. Any thread.
    /// </summary>
    public long Cut => Volatile.Read(ref _counts.Cut);

    /// <summary>
    /// Packets with a time of the interface's own clock. The others have the kernel's time, whatever was asked for. Any thread.
    /// </summary>
    public long HardwareStamped => Volatile.Read(ref _counts.HardwareStamped);

    /// <summary>
    /// How often the kernel had filled the ring and stopped until a block was given back. What came meanwhile are kernel drops. Any thread.
    /// </summary>
    public long Freezes => Volatile.Read(ref _counts.Freezes);

    /// <inheritdoc/>
    public void ReadLosses(QueueAccount account)
    {
        if (!_disposed) TakeStatistics();
        if (_kernelDropped > _dropsTold) account.CountLost(DeviceLoss.KernelDrops, _kernelDropped - _dropsTold);
        _dropsTold = _kernelDropped;
        if (!_disposed && _interfaceDrops is not null) TellInterfaceDrops(account, _interfaceDrops);
    }

    private void TellInterfaceDrops(QueueAccount account, LinkCounter drops)
    {
        var total = drops.Total(isLast: _isDraining || _trouble is not null);
        if (total > _interfaceDropsTold) account.CountLost(DeviceLoss.InterfaceDrops, total - _interfaceDropsTold);
        _interfaceDropsTold = total;
    }

    private void TakeStatistics()
    {
        var taken = _socket.TakeStatistics();
        _kernelTook += taken.tp_packets;
        _kernelDropped += taken.tp_drops;
        _counts.Freezes += taken.tp_freeze_q_cnt;
    }
}
