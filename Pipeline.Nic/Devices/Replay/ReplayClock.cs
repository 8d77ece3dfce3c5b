using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.Replay;

/// <summary>Tells when packets are due, by their timestamps and a clock that starts with the first of them.</summary>
internal sealed class ReplayClock
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly ReplayTimeline _timeline = new();
    private readonly double _speed;
    private readonly TimeProvider _time;
    private long? _startTicks;

    public ReplayClock(double speed, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(speed);
        if (!double.IsFinite(speed)) throw new ArgumentOutOfRangeException(nameof(speed), speed, "The speed must be a number.");
        _speed = speed;
        _time = time;
    }

    public bool IsDue(in Packet packet, NicInterface from) =>
        packet.Has(PacketFlags.NoTimestamp) || NanosecondsUntilDue(packet, from) <= 0;

    /// <summary>Never negative. A longer time than a time span can hold becomes the longest one.</summary>
    public TimeSpan TimeUntilDue(in Packet packet, NicInterface from)
    {
        var milliseconds = Math.Ceiling(Math.Max(0, NanosecondsUntilDue(packet, from)) / 1e6);
        return milliseconds < TimeSpan.MaxValue.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : TimeSpan.MaxValue;
    }

    /// <summary>
    /// A wait that a timer accepts: never less than its resolution, and never more than its maximum. Waking early does no harm.
    /// </summary>
    public static TimeSpan ForTimer(TimeSpan wait) => wait < ShortestWait ? ShortestWait : wait > LongestWait ? LongestWait : wait;

    private double NanosecondsUntilDue(in Packet packet, NicInterface from)
    {
        _startTicks ??= _time.GetTimestamp();
        return ((double)_timeline.Place(packet, from) / _speed) - _time.GetElapsedTime(_startTicks.Value).TotalNanoseconds;
    }
}
