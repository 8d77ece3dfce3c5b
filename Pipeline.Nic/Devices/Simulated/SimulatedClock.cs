using System.Runtime.CompilerServices;

namespace Pipeline.Nic.Devices.Simulated;

/// <summary>
/// Tells when packets are on the wire. Virtual time is a function of a packet's number. Real time tells which packets are on the wire by
/// now. Any thread.
/// </summary>
internal sealed class SimulatedClock
{
    private const double DefaultRate = 10_000_000;
    private const double NanosecondsPerSecond = 1e9;

    /// <summary>Where virtual time begins: 2016-01-01T00:00:00Z, in nanoseconds since 1970.</summary>
    private const long VirtualStart = 1_451_606_400L * 1_000_000_000;

    private readonly SimulatedFault[] _slow;
    private readonly TimeProvider _time;
    private readonly double _interval;
    private readonly long? _rate;
    private readonly Lock _starting = new();
    private long _startedAt;
    private long _start = VirtualStart;
    private bool _isStarted;
    private volatile Flood? _flood;
    private volatile bool _isEven;

    public SimulatedClock(SimulatedOptions options, TimeProvider time)
    {
        _slow = [.. options.Faults.Where(f => f.Kind == FaultKind.SlowClock)];
        _time = time;
        _interval = NanosecondsPerSecond / RateOf(options);
        _rate = options.Rate;
        IsReal = options.FreeRunning;
        _isEven = _slow.Length == 0;
    }

    public bool IsReal { get; }

    /// <summary>Whether packets come at their own rate, whether or not anybody takes them.</summary>
    public bool IsPaced => IsReal && _rate is not null;

    /// <summary>Packets per second.</summary>
    public static double RateOf(SimulatedOptions options) => options.Rate ?? DefaultRate;

    /// <summary>The last flood that was ordered, which may be over; null where there was none.</summary>
    public Flood? Flood => _flood;

    /// <summary>When a packet is on the wire, in nanoseconds since 1970.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // once for every packet
    public long TimeOf(long number) => _start + (long)((_isEven ? number : TicksAt(number)) * _interval);

    /// <summary>Now, in nanoseconds since 1970.</summary>
    public long Now() => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>How many packets a paced wire has carried by now. The first to ask starts it.</summary>
    public long Carried()
    {
        if (!Volatile.Read(ref _isStarted)) Start();
        var usual = (long)(_time.GetElapsedTime(_startedAt).TotalSeconds * _rate!.Value);
        return _flood is { } flood ? flood.Carried(usual) : usual;
    }

    /// <summary>Has a flow flood a paced wire, from a moment later on, so that no queue has looked that far yet.</summary>
    /// <param name="factor">How many times as fast as usual the wire is meanwhile.</param>
    /// <param name="time">How long.</param>
    /// <param name="template">The flow's packet.</param>
    /// <returns>False where a flood goes on, or has just ended.</returns>
    public bool TryFlood(int factor, TimeSpan time, int template)
    {
        lock (_starting)
        {
            var (carried, rate) = (Carried(), _rate!.Value);
            if (_flood is { } last && carried < last.End + rate) return false;
            var packets = Math.Max(1, (long)(time.TotalSeconds * rate)) * factor;
            var before = _flood is null ? null : _flood with { Before = null };
            _flood = new Flood(carried + (rate / 10) + 1, packets, factor, template, before?.GainedAfter ?? 0) { Before = before };
            _isEven = false;
            return true;
        }
    }

    /// <summary>How long a paced wire takes to carry that many.</summary>
    public TimeSpan TimeFor(int packets) => TimeSpan.FromSeconds((double)packets / _rate!.Value);

    private double TicksAt(long number)
    {
        var ticks = _flood is { } flood ? flood.UsualOf(number) : number;
        foreach (var fault in _slow) ticks -= Math.Max(0, Math.Min(number, fault.End) - fault.At) / 2.0;
        return ticks;
    }

    private void Start()
    {
        lock (_starting)
        {
            if (_isStarted) return;
            _startedAt = _time.GetTimestamp();
            _start = Now();
            Volatile.Write(ref _isStarted, true);
        }
    }
}
