using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Devices.Tap;

/// <summary>What the interface counts.</summary>
public sealed unsafe partial class TapQueue
{
    /// <summary>
    /// Asking costs more than reading a packet. An interface drops only when its queue is full, and no queue is shorter in practice. So
    /// nothing is missed when the number is asked for after so many packets.
    /// </summary>
    private const int PacketsBetweenReadings = 256;

    /// <summary>The most packets that are counted out of the interface's queue at the end: somebody might send faster.</summary>
    private const int MostRest = 65536;

    private readonly LinkCounter? _interfaceDrops;
    private long _sinceDropsRead;
    private long _dropped;
    private long _dropsTold;
    private long _rest;
    private long _restTold;
    private long _cut;

    /// <summary>Packets longer than a page, of which the rest was lost: somebody made the MTU larger since. Any thread.</summary>
    public long Cut => Volatile.Read(ref _cut);

    /// <inheritdoc/>
    public void ReadLosses(QueueAccount account)
    {
        if (!_disposed) ReadDrops(isLast: _trouble is not null || _sinceDropsRead >= PacketsBetweenReadings);
        if (_dropped > _dropsTold) account.CountLost(DeviceLoss.InterfaceDrops, _dropped - _dropsTold);
        _dropsTold = _dropped;
        if (_rest > _restTold) account.CountLost(DeviceLoss.KernelDrops, _rest - _restTold);
        _restTold = _rest;
    }

    private void ReadDrops(bool isLast)
    {
        if (isLast) _sinceDropsRead = 0;
        if (_interfaceDrops is not null) _dropped = _interfaceDrops.Total(isLast);
    }

    /// <summary>The kernel throws away what waits when the descriptor is closed, and counts it nowhere.</summary>
    private void CountRest()
    {
        var nothing = stackalloc byte[1];
        while (_rest < MostRest && _end.Read(nothing, 0, out _, out _) >= 0) _rest++;
        ReadDrops(isLast: true);
    }
}
