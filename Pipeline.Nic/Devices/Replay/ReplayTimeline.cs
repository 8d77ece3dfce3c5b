using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.Replay;

/// <summary>
/// Puts the times of packets, in the order they come in, on one line that never goes back. Where a clock stepped back, packets continue
/// from there and keep their distances.
/// </summary>
/// <remarks>
/// Interfaces usually share a clock, but need not. Each has a shift of its own, and takes it over from the others where that makes sense.
/// </remarks>
internal sealed class ReplayTimeline
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    // Queues and CPUs hand packets over a little out of order. That does not mean that a clock stepped back. Nobody notices so short a
    // burst.
    private const long MostDisorder = NanosecondsPerSecond / 20;

    // If an interface begins further ahead of the others than this, it has a clock of its own: it was not silent for so long.
    private const long MostAhead = 24 * 3600 * NanosecondsPerSecond;

    private readonly Dictionary<NicInterface, Int128> _shifts = new(ReferenceEqualityComparer.Instance);
    private Int128 _shift;
    private Int128 _last;

    /// <summary>The packet's place, in nanoseconds since the first. Asking again for the same packet gives the same place.</summary>
    /// <param name="packet">It has a time, and comes after all packets asked for before.</param>
    public Int128 Place(in Packet packet, NicInterface from)
    {
        Int128 time = packet.TimestampNanoseconds;
        if (_shifts.Count == 0) _shift = _shifts[from] = -time;
        var isKnown = _shifts.TryGetValue(from, out var shift);
        if (!isKnown || time + shift < _last - MostDisorder) _shifts[from] = shift = Shifted(time);
        _shift = shift;
        return _last = Int128.Max(_last, time + shift);
    }

    /// <summary>
    /// The shift of the others, if they are at about this time. Otherwise a shift with which the packet continues from the last of all.
    /// </summary>
    private Int128 Shifted(Int128 time)
    {
        var withOthers = time + _shift - _last;
        return withOthers >= -MostDisorder && withOthers <= MostAhead ? _shift : _last - time;
    }
}
