using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices.Simulated.Traffic;

namespace Pipeline.Nic.Devices.Simulated;

/// <summary>
/// Models the fate of one queue's packets before they can be taken: the ordered faults, and the fill of the ring. It is a pure function of
/// the packets' numbers, which are given in order, so it is the same in every run. For one thread.
/// </summary>
/// <remarks>
/// Time is counted in packets of the wire. The host takes descriptors out of the ring at a steady rate, but not while the queue is stalled.
/// A packet that comes while the ring is full is lost.
/// </remarks>
internal sealed class RingModel
{
    /// <summary>The bits of the fractions of a descriptor in which a ring's fill is counted.</summary>
    private const int FractionBits = 20;

    private readonly SimulatedFault[] _faults;
    private readonly SimulatedFault[] _stalls;
    private readonly bool[] _spent;
    private readonly long _ring;
    private readonly long _drain;
    private long _filled;
    private long _seen;

    /// <param name="queue">The queue's index among the device's queues.</param>
    /// <param name="hasRing">False leaves the ring to the caller: stalls and the drain rate are ignored.</param>
    public RingModel(SimulatedOptions options, int queue, bool hasRing)
    {
        _faults = [.. options.Faults.Where(f => f.Kind is not (FaultKind.SlowClock or FaultKind.Stall)
            && (f.Queue is null || f.Queue == queue)).OrderBy(f => f.At)];
        _stalls = [.. options.Faults.Where(f => f.Kind == FaultKind.Stall && f.Queue == queue).OrderBy(f => f.At)];
        _spent = new bool[_faults.Length];
        _ring = (long)options.Ring << FractionBits;
        IsLimited = hasRing && options.Drain is not null;
        _drain = options.Drain is { } drain ? (long)(drain / SimulatedClock.RateOf(options) * (1L << FractionBits)) : long.MaxValue;
        HasRing = hasRing;
    }

    /// <summary>The template of packets whose descriptor points nowhere.</summary>
    public const int NoTemplate = -1;

    private bool HasRing { get; }

    private bool IsLimited { get; }

    /// <summary>Whether no packet is affected.</summary>
    public bool IsIdle => !IsLimited && _faults.Length == 0 && _stalls.Length == 0;

    /// <summary>Whether packets from <paramref name="first"/> to before <paramref name="end"/> might be affected.</summary>
    public bool Concerns(long first, long end)
    {
        if (IsLimited) return true;
        foreach (var stall in _stalls)
        {
            if (HasRing && stall.At < end && stall.End > first) return true;
        }

        for (var i = 0; i < _faults.Length; i++)
        {
            if (!_spent[i] && _faults[i].At < end && _faults[i].End > first) return true;
        }

        return false;
    }

    /// <summary>Whether the queue is stalled when the wire is at a packet.</summary>
    public bool IsStalledAt(long number) => Array.Exists(_stalls, s => s.At <= number && number < s.End);

    /// <summary>Removes the lost packets from the queue's packets and counts them.</summary>
    /// <returns>How many are left.</returns>
    public int Filter(Span<Arrival> arrivals, Span<long> losses)
    {
        var left = 0;
        foreach (var arrival in arrivals)
        {
            var kind = FaultAt(arrival.Number);
            if (kind == FaultKind.Corrupt) arrivals[left++] = new Arrival(NoTemplate, arrival.Number);
            else if ((LossBy(kind) ?? (HasRing && !Enter(arrival.Number) ? DeviceLoss.RingFull : null)) is { } loss) losses[(int)loss]++;
            else arrivals[left++] = arrival;
        }

        return left;
    }

    private static DeviceLoss? LossBy(FaultKind? kind) => kind switch
    {
        FaultKind.Overrun => DeviceLoss.RingFull,
        FaultKind.Starve => DeviceLoss.NoPage,
        FaultKind.Flap => DeviceLoss.InterfaceDrops,
        _ => null,
    };

    private FaultKind? FaultAt(long number)
    {
        for (var i = 0; i < _faults.Length && _faults[i].At <= number; i++)
        {
            if (_spent[i] || number >= _faults[i].End) continue;
            if (_faults[i].For is null) _spent[i] = true;
            return _faults[i].Kind;
        }

        return null;
    }

    /// <summary>Puts a packet into the ring, after the host has taken as many as it could since the last.</summary>
    private bool Enter(long number)
    {
        if (!IsLimited && !IsStalledAt(number))
        {
            _filled = 0;
            return true;
        }

        // The host's turns since then, including the one before this packet.
        var served = number - _seen;
        foreach (var stall in _stalls) served -= Math.Max(0, Math.Min(number + 1, stall.End) - Math.Max(_seen + 1, stall.At));
        _seen = number;
        var taken = (Int128)served * _drain;
        _filled = taken >= _filled ? 0 : _filled - (long)taken;
        if (_filled + (1L << FractionBits) > _ring) return false;
        _filled += 1L << FractionBits;
        return true;
    }
}
