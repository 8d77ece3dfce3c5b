using Pipeline.Actors.Configuration;
using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Routing;

/// <summary>
/// The breaker of one route: it counts what its lanes take and what is dropped, and leaves the route's packets to the normal stack while it
/// is open. For one thread at a time, but for what says otherwise.
/// </summary>
/// <param name="route">The route, which has the options of a breaker.</param>
/// <param name="relief">The way to leave the route's packets to the stack.</param>
internal sealed class RouteBreaker(RouteOptions route, RouteRelief relief)
{
    /// <summary>
    /// What a consumer drops, or the way from the lane to it. Lanes count what they drop by route, and what the end of a run drops says
    /// nothing of a consumer.
    /// </summary>
    private static readonly DropReason[] AtConsumer =
        [.. Enum.GetValues<DropReason>().Except([DropReason.ShareExceeded, DropReason.DropOld, DropReason.Shutdown])];

    private readonly List<Lane> _lanes = [];
    private readonly Breaker _breaker = new(route.Breaker!);
    private (long Taken, long OfGroup, long AtConsumer) _last;
    private double _droppedAtConsumer;

    public RouteOptions Route => route;

    /// <summary>How often it judges at least.</summary>
    public TimeSpan Interval => route.Breaker!.For / Breaker.Readings;

    /// <summary>What it shows of itself.</summary>
    public BreakerReading Reading => new(_breaker.IsOpen, _breaker.Openings, _breaker.Dropped, _breaker.Pause);

    /// <summary>Whether a lane is one of the route's. Any thread.</summary>
    public bool Has(Lane lane) => _lanes.Contains(lane);

    /// <summary>One more lane of the route. Before anything runs.</summary>
    public void Watch(Lane lane) => _lanes.Add(lane);

    /// <summary>Judges, and opens or closes the route.</summary>
    /// <param name="now">The time since any fixed moment.</param>
    /// <param name="lanes">All lanes of all routers, of this route and of others.</param>
    public BreakerTurn Look(TimeSpan now, IEnumerable<Lane> lanes)
    {
        var taken = _lanes.Sum(l => l.Counters.Taken.Packets);
        var refused = _lanes.Sum(l => l.Counters.Refused.Packets);
        var evicted = _lanes.Sum(l => l.Counters.Evicted.Packets);
        Attribute(taken, lanes);
        var dropped = refused + evicted + (long)_droppedAtConsumer;
        var turn = _breaker.Look(now, taken + refused, dropped, isRelieved: _lanes.TrueForAll(l => l.Share.IsBelowLowWater));
        if (turn != BreakerTurn.None) relief.Change(isMore: turn == BreakerTurn.Opens);
        return turn;
    }

    /// <summary>Closes the route because somebody wants that.</summary>
    /// <returns>False when it was closed already.</returns>
    public bool Close()
    {
        if (!_breaker.Close()) return false;
        relief.Change(isMore: false);
        return true;
    }

    /// <summary>
    /// A consumer does not know along which route its packets came. Of what it dropped since the last look, a route has the part that it
    /// has of the packets sent there since then.
    /// </summary>
    private void Attribute(long taken, IEnumerable<Lane> lanes)
    {
        var account = _lanes[0].Account;
        var dropped = AtConsumer.Sum(reason => account.DroppedTally(reason).Packets);
        var ofGroup = lanes.Where(l => l.Group == route.To && !l.Route.Copy).Sum(l => l.Counters.Taken.Packets);
        var (sent, sentByAll) = (taken - _last.Taken, ofGroup - _last.OfGroup);
        var part = sentByAll > 0 ? Math.Min(1, (double)sent / sentByAll) : 1;
        _droppedAtConsumer += (dropped - _last.AtConsumer) * part;
        _last = (taken, ofGroup, dropped);
    }
}

/// <summary>A breaker at one moment.</summary>
/// <param name="IsOpen">Whether the route's packets go to the normal stack.</param>
/// <param name="Openings">How often it has opened.</param>
/// <param name="Dropped">The part that was dropped before it opened last, 0 to 1.</param>
/// <param name="Pause">How long it stays open, or stayed the last time; null until somebody closes it.</param>
internal readonly record struct BreakerReading(bool IsOpen, int Openings, double Dropped, TimeSpan? Pause);
