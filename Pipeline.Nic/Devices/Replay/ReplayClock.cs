using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.Replay;

/// <summary>When packets are due, by their timestamps and a clock that starts with the first of them.</summary>
internal sealed class ReplayClock
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly double _speed;
    private readonly TimeProvider _time;
    private long? _startTicks;
    private long _firstNanoseconds;

    public ReplayClock(double speed, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(speed);
        if (!double.IsFinite(speed)) throw new ArgumentOutOfRangeException(nameof(speed), speed, "The speed must be a number.");
        _speed = speed;
        _time = time;
    }

    public bool IsDue(in Packet packet)
    {
        if (packet.Has(PacketFlags.NoTimestamp)) return true;
        if (_startTicks is null) (_startTicks, _firstNanoseconds) = (_time.GetTimestamp(), packet.TimestampNanoseconds);
        return NanosecondsUntilDue(packet) <= 0;
    }

    /// <summary>For a timer: never less than it can tell apart, and never more than it takes. Waking early does no harm.</summary>
    public TimeSpan TimeUntilDue(in Packet packet)
    {
        var milliseconds = Math.Ceiling(Math.Max(0, NanosecondsUntilDue(packet)) / 1e6);
        return TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, ShortestWait.TotalMilliseconds, LongestWait.TotalMilliseconds));
    }

    private double NanosecondsUntilDue(in Packet packet)
    {
        var elapsed = _time.GetElapsedTime(_startTicks ?? _time.GetTimestamp());
        // In 128 bits, because the times of a broken capture may lie further apart than 64 hold.
        var sinceFirst = (double)((Int128)packet.TimestampNanoseconds - _firstNanoseconds);
        return (sinceFirst / _speed) - elapsed.TotalNanoseconds;
    }
}
