using System.Diagnostics;
using Pipeline.Actors.Configuration;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>
/// Which of a lane's outboxes a packet goes, and how that changes when its group gets or loses instances. For the router's thread alone.
/// </summary>
/// <remarks>
/// <code>
///   Move ── buckets that change hands: new packets are parked, what was sent before is still out ──> IsHome ── Switch ──> parked packets
///                                                                                                                         go first
/// </code>
/// No flow is ever at two instances, and none overtakes itself.
/// </remarks>
[DebuggerDisplay("{_instances} instances, moving {IsMoving}")]
internal sealed class Fanout
{
    private readonly Balance _balance;
    private readonly int _queueIndex;
    private readonly int _window;
    private readonly List<Departures> _leaving = [];
    private readonly Outbox[] _outboxOf;
    private Outbox[] _outboxes;
    private Outbox?[] _parking = [];
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
        _outboxes = [.. targets.Select(NewOutbox)];
        _outboxOf = new Outbox[balance == Balance.Flow ? FlowBuckets.Count : 1];
        Assign();
    }

    /// <summary>Where every packet goes; null when that depends on the packet.</summary>
    public Outbox? Sole { get; private set; }

    /// <summary>Whether buckets are on their way from one instance to another.</summary>
    public bool IsMoving { get; private set; }

    /// <summary>Whether all that was sent before <see cref="Move"/> along the outboxes that gave something up has been consumed.</summary>
    public bool IsHome => _leaving.TrueForAll(departures => departures.Out == 0);

    /// <summary>The outboxes to instances.</summary>
    public ReadOnlySpan<Outbox> Outboxes => _outboxes;

    /// <summary>Where packets wait whose bucket is moving, for each instance they will go to; null where none are.</summary>
    public ReadOnlySpan<Outbox?> Parking => _parking;

    /// <summary>The outbox of a flow's packets.</summary>
    public Outbox OfFlow(uint hash) => _outboxOf[FlowBuckets.Of(hash)];

    /// <summary>The outbox of the packets whose flow does not matter.</summary>
    public Outbox OfBundle() => _balance == Balance.RoundRobin ? _outboxes[_turn] : _outboxOf[0];

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
    /// <param name="leave">Told each outbox that gave something up, before its count ends: what it holds is to be sent.</param>
    /// <param name="wake">Called, on whatever thread, when <see cref="IsHome"/> may have become true.</param>
    public void Move(IReadOnlyList<IBundleTarget> targets, Action<Outbox> leave, Action wake)
    {
        var before = _outboxes;
        _instances = targets.Count;
        _outboxes = [.. before, .. targets.Skip(before.Length).Select(NewOutbox)];
        _parking = new Outbox?[_outboxes.Length];
        _turn = 0;
        Sole = null;
        IsMoving = true;
        foreach (var outbox in GiveUp(targets).Distinct().ToList()) Empty(outbox, leave, wake);
    }

    /// <summary>Gives up every instance, because the route is gone.</summary>
    /// <param name="leave">Told each outbox, before its count ends: what it holds is to be sent.</param>
    /// <param name="wake">Called, on whatever thread, when <see cref="IsHome"/> may have become true.</param>
    public void Leave(Action<Outbox> leave, Action wake)
    {
        Debug.Assert(!IsMoving, "Packets are parked for an instance that is to take over a flow.");
        foreach (var outbox in _outboxes) Empty(outbox, leave, wake);
    }

    /// <summary>Ends the move: the outboxes to instances that left are gone, and parked packets may go.</summary>
    /// <param name="unpark">Told each outbox that packets are parked on, and the one that they go to.</param>
    public void Switch(Action<Outbox, Outbox> unpark)
    {
        for (var i = 0; i < _instances; i++)
        {
            if (_parking[i] is { } parked) unpark(parked, _outboxes[i]);
        }

        _leaving.Clear();
        _parking = [];
        _outboxes = _outboxes[.._instances];
        IsMoving = false;
        Assign();
    }

    private void Empty(Outbox outbox, Action<Outbox> leave, Action wake)
    {
        leave(outbox);
        var departures = outbox.CountAnew();
        _leaving.Add(departures);
        departures.WakeWhenOut(0, wake);
    }

    private void Assign()
    {
        var owners = Owners();
        for (var slot = 0; slot < _outboxOf.Length; slot++) _outboxOf[slot] = _outboxes[owners[slot]];
        Sole = _instances == 1 ? _outboxes[0] : null;
    }

    /// <summary>Parks every bucket that changes hands.</summary>
    /// <returns>The outboxes they were on, and those to instances that leave.</returns>
    private IEnumerable<Outbox> GiveUp(IReadOnlyList<IBundleTarget> targets)
    {
        var owners = Owners();
        for (var slot = 0; slot < _outboxOf.Length; slot++)
        {
            var (from, to) = (_outboxOf[slot], owners[slot]);
            if (from == _outboxes[to]) continue;
            _outboxOf[slot] = _parking[to] ??= new Outbox(targets[to], window: 0);
            yield return from;
        }

        foreach (var outbox in _outboxes.Skip(_instances)) yield return outbox;
    }

    /// <summary>The instance of each slot: of each bucket, or the one that takes all of this queue's packets.</summary>
    private byte[] Owners() => _balance == Balance.Flow ? FlowBuckets.Assign(_instances) : [(byte)(_queueIndex % _instances)];

    private Outbox NewOutbox(IBundleTarget target) => new(target, Math.Max(1, _window / _instances));
}
