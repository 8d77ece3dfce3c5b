namespace Pipeline.Actors.Routing;

/// <summary>How the lane's packets are left to the normal stack while its route has a reason for it.</summary>
internal sealed partial class Lane
{
    private readonly RouteRelief? _relief;
    private readonly Action _hasRoomAgain;
    private int _isBeyondShare;

    /// <summary>Whether its packets are to be diverted to the stack although it has room.</summary>
    public bool IsRelieved => _relief is { IsOn: true, IsByDevice: false };

    /// <summary>
    /// Has the device leave later packets to the normal stack until half of the share is free. These packets cannot be given back.
    /// </summary>
    /// <returns>False where no device does that: the packets can be diverted.</returns>
    public bool TryRelieveByDevice()
    {
        if (_relief is not { IsByDevice: true }) return false;
        if (Interlocked.Exchange(ref _isBeyondShare, 1) == 1) return true;
        _relief.Change(isMore: true);
        Share.WakeAtLowWater(_hasRoomAgain);
        return true;
    }

    private void HasRoomAgain()
    {
        if (Interlocked.Exchange(ref _isBeyondShare, 0) == 1) _relief!.Change(isMore: false);
    }
}
