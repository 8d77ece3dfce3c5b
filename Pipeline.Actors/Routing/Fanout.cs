using Pipeline.Actors.Configuration;

namespace Pipeline.Actors.Routing;

/// <summary>
/// Which of a lane's ways a packet goes, and how that changes when its group gets or loses instances. For the router's thread alone.
/// </summary>
/// <remarks>
/// <code>
///   Move ── buckets that change hands: new packets are parked, what was sent before is still out ──> IsHome ── Switch ──> parked packets
///                                                                                                                         go first
/// </code>
/// No flow is ever at two instances, and none overtakes itself.
/// </remarks>
internal sealed class Fanout
{
    private readonly Balance _balance;
    private readonly int _queueIndex;
    private readonly int _window;
    private readonly List<Nic.Pages.Departures> _leaving = [];
    private readonly Way[] _wayOf;
    private Way[] _ways;
    private Way?[] _parking = [];
    private int _instances;
    private int _turn;

    /// <param name="targets">The instances, in their order.</param>
    /// <param name="window">Bundles that may be out to all instances together while the route is short of room.</param>
    public Fanout(Balance balance, int queueIndex, IReadOnlyList<IBundleTarget> targets, int window)
    {
        _balance = balance;
        _queueIndex = queueIndex;
        _window = window;
        _instances = targets.Count;
        _ways = [.. targets.Select(NewWay)];
        _wayOf = new Way[balance == Balance.Flow ? FlowBuckets.Count : 1];
        Assign();
    }

    /// <summary>Where every packet goes; null when that depends on the packet.</summary>
    public Way? Sole { get; private set; }

    /// <summary>Whether buckets are on their way from one instance to another.</summary>
    public bool IsMoving { get; private set; }

    /// <summary>Whether all that was sent before <see cref="Move"/> along the ways that gave something up has been consumed.</summary>
    public bool IsHome => _leaving.TrueForAll(departures => departures.Out == 0);

    /// <summary>The ways to instances.</summary>
    public ReadOnlySpan<Way> Ways => _ways;

    /// <summary>Where packets wait whose bucket is moving, for each instance they will go to; null where none are.</summary>
    public ReadOnlySpan<Way?> Parking => _parking;

    /// <summary>The way of a flow's packets.</summary>
    public Way OfFlow(uint hash) => _wayOf[FlowBuckets.Of(hash)];

    /// <summary>The way of the packets whose flow does not matter.</summary>
    public Way OfBundle() => _balance == Balance.RoundRobin ? _ways[_turn] : _wayOf[0];

    /// <summary>A bundle was finished: where they go in turn, it is the next one's.</summary>
    public void NextTurn()
    {
        if (_balance == Balance.RoundRobin) _turn = (_turn + 1) % _instances;
    }

    /// <summary>
    /// Begins to move buckets for another number of instances. Packets of those that change hands are parked from now on, and nothing
    /// more goes to an instance that is to leave.
    /// </summary>
    /// <param name="targets">The instances there are to be; those in front are the ones there were.</param>
    /// <param name="leave">Told each way that gave something up, before its count ends: what it holds is to be sent.</param>
    /// <param name="wake">Called, on whatever thread, when <see cref="IsHome"/> may have become true.</param>
    public void Move(IReadOnlyList<IBundleTarget> targets, Action<Way> leave, Action wake)
    {
        var before = _ways;
        _instances = targets.Count;
        _ways = [.. before, .. targets.Skip(before.Length).Select(NewWay)];
        _parking = new Way?[_ways.Length];
        _turn = 0;
        Sole = null;
        IsMoving = true;
        foreach (var way in GiveUp(targets).Distinct().ToList())
        {
            leave(way);
            var departures = way.CountAnew();
            _leaving.Add(departures);
            departures.WakeWhenOut(0, wake);
        }
    }

    /// <summary>Ends the move: the ways to instances that left are gone, and parked packets may go.</summary>
    /// <param name="unpark">Told each way that packets are parked on, and the one that they go.</param>
    public void Switch(Action<Way, Way> unpark)
    {
        for (var i = 0; i < _instances; i++)
        {
            if (_parking[i] is { } parked) unpark(parked, _ways[i]);
        }

        _leaving.Clear();
        _parking = [];
        _ways = _ways[.._instances];
        IsMoving = false;
        Assign();
    }

    private void Assign()
    {
        var owners = Owners();
        for (var slot = 0; slot < _wayOf.Length; slot++) _wayOf[slot] = _ways[owners[slot]];
        Sole = _instances == 1 ? _ways[0] : null;
    }

    /// <summary>Parks every bucket that changes hands.</summary>
    /// <returns>The ways they were on, and those to instances that leave.</returns>
    private IEnumerable<Way> GiveUp(IReadOnlyList<IBundleTarget> targets)
    {
        var owners = Owners();
        for (var slot = 0; slot < _wayOf.Length; slot++)
        {
            var (from, to) = (_wayOf[slot], owners[slot]);
            if (from == _ways[to]) continue;
            _wayOf[slot] = _parking[to] ??= new Way(targets[to], window: 0);
            yield return from;
        }

        foreach (var way in _ways.Skip(_instances)) yield return way;
    }

    /// <summary>The instance of each slot: of each bucket, or the one that takes all of this queue's packets.</summary>
    private byte[] Owners() => _balance == Balance.Flow ? FlowBuckets.Assign(_instances) : [(byte)(_queueIndex % _instances)];

    private Way NewWay(IBundleTarget target) => new(target, Math.Max(1, _window / _instances));
}
