using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.Replay;

/// <summary>
/// Puts the times of packets, in the order they come in, on one line that never goes back. Where a clock stepped back, packets go on from
/// there with the distances they had.
/// </summary>
/// <remarks>
/// Interfaces usually share a clock, but need not: each has a shift of its own, which it takes over from the others where that makes sense.
/// </remarks>
internal sealed class ReplayTimeline
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    // Queues and CPUs hand packets over a little out of order; that is no clock that stepped back. Nobody sees such a burst.
    private const long MostDisorder = NanosecondsPerSecond / 20;

    // An interface that begins further ahead of the others has a clock of its own, rather than kept quiet for so long while they did.
    private const long MostAhead = 24 * 3600 * NanosecondsPerSecond;

    private readonly Dictionary<NicInterface, Int128> _shifts = new(ReferenceEqualityComparer.Instance);
    private Int128 _shift;
    private Int128 _last;

    /// <summary>Where a packet lies, in nanoseconds since the first. Asking again for the same packet gives the same.</summary>
    /// <param name="packet">Has a time, and comes behind all that were asked for before.</param>
    public Int128 Place(in Packet packet, NicInterface from)
    {
        Int128 time = packet.TimestampNanoseconds;
        if (_shifts.Count == 0) _shift = _shifts[from] = -time;
        var isKnown = _shifts.TryGetValue(from, out var shift);
        if (!isKnown || time + shift < _last - MostDisorder) _shifts[from] = shift = Shifted(time);
        _shift = shift;
        return _last = Int128.Max(_last, time + shift);
    }

    /// <summary>As the others, if they are at about this time; else so that it goes on from the last of all.</summary>
    private Int128 Shifted(Int128 time)
    {
        var withOthers = time + _shift - _last;
        return withOthers >= -MostDisorder && withOthers <= MostAhead ? _shift : _last - time;
    }
}
