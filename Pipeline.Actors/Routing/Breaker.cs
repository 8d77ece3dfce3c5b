using System.Diagnostics;
using Pipeline.Actors.Configuration;

namespace Pipeline.Actors.Routing;

/// <summary>What a breaker has just decided.</summary>
internal enum BreakerTurn
{
    /// <summary>It stays as it is.</summary>
    None,

    /// <summary>It opens: packets pass by.</summary>
    Opens,

    /// <summary>It closes: packets go along the route again.</summary>
    Closes,
}

/// <summary>
/// Decides when a route opens and when it closes, from counts of its packets. It has no clock: the caller passes the time. For one thread at
/// a time.
/// </summary>
/// <remarks>
/// Losses come in bursts, so it judges <see cref="Readings"/> readings in a row, of a fifth of the time each: all of them must be beyond the
/// limit. One burst is not enough, and neither is a short break within a loss. A reading without packets says nothing and goes on.
/// </remarks>
[DebuggerDisplay("open {IsOpen}, {_bad} readings beyond the limit, {Openings} openings")]
internal sealed class Breaker(BreakerOptions options)
{
    /// <summary>The readings in a row that must be beyond the limit.</summary>
    public const int Readings = 5;

    /// <summary>The longest pause, as a multiple of the first.</summary>
    public const int LongestPause = 16;

    private Counts? _from;
    private Counts _badFrom;
    private int _bad;
    private int _factor = 1;
    private TimeSpan _openedAt;
    private TimeSpan? _closedAt;

    /// <summary>Whether packets pass by.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>How often it has opened.</summary>
    public int Openings { get; private set; }

    /// <summary>The part that was dropped before it opened last, 0 to 1.</summary>
    public double Dropped { get; private set; }

    /// <summary>How long it stays open this time, or stayed the last; null until somebody closes it.</summary>
    public TimeSpan? Pause => options.Back * _factor;

    /// <summary>Looks at the counts, which only grow.</summary>
    /// <param name="now">The time since any fixed moment.</param>
    /// <param name="offered">The route's packets, dropped ones included.</param>
    /// <param name="dropped">Those dropped, on the way or at the consumer.</param>
    /// <param name="isRelieved">Whether the consumer has taken most of what the route held. While it has not, nothing has become better.</param>
    public BreakerTurn Look(TimeSpan now, long offered, long dropped, bool isRelieved)
    {
        var counts = new Counts(now, offered, dropped);
        if (IsOpen) return Pause is { } pause && isRelieved && now - _openedAt >= pause ? Close(counts) : BreakerTurn.None;
        if (_from is not { } from)
        {
            _from = counts;
            return BreakerTurn.None;
        }

        if (now - from.At < options.For / Readings || offered == from.Offered) return BreakerTurn.None;
        if (counts.PartSince(from) <= options.Drops) _bad = 0;
        else if (_bad++ == 0) _badFrom = from;
        _from = counts;
        return _bad == Readings ? Open(counts) : BreakerTurn.None;
    }

    /// <summary>Closes it because somebody wants that. Whether it flaps is judged anew.</summary>
    /// <returns>False when it was closed already.</returns>
    public bool Close()
    {
        if (!IsOpen) return false;
        (IsOpen, _from, _bad, _closedAt) = (false, null, 0, null);
        return true;
    }

    private BreakerTurn Open(Counts counts)
    {
        Dropped = counts.PartSince(_badFrom);

        // If it opens as soon as it can, or not much later, then closing it was of no use, and the next try comes later.
        var isAgain = _closedAt is { } closed && Pause is { } pause && counts.At - closed < pause + options.For;
        _factor = isAgain ? Math.Min(2 * _factor, LongestPause) : 1;
        (IsOpen, _openedAt, _bad) = (true, counts.At, 0);
        Openings++;
        return BreakerTurn.Opens;
    }

    private BreakerTurn Close(Counts counts)
    {
        (IsOpen, _from, _closedAt) = (false, counts, counts.At);
        return BreakerTurn.Closes;
    }

    private readonly record struct Counts(TimeSpan At, long Offered, long Dropped)
    {
        /// <summary>What is dropped now may have been offered before.</summary>
        public double PartSince(Counts from) => Math.Min(1, (double)(Dropped - from.Dropped) / (Offered - from.Offered));
    }
}
