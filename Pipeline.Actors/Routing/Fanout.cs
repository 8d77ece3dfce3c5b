using System.Diagnostics;
using Pipeline.Actors.Configuration;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>
/// Decides into which of a lane's outboxes a packet goes, and moves packets when the group gets or loses instances. For the router's thread
/// alone.
/// </summary>
/// <remarks>
/// <code>
///   Move ── buckets that change hands: new packets are parked, what was sent before is still out ──> IsHome ── Switch ──> parked packets
///                                                                                                                         go first
/// </code>
/// No flow is ever at two instances, and its packets never overtake each other. Instances are told apart by their ids, not by their places.
/// </remarks>
[DebuggerDisplay("{_members.Length} instances, moving {IsMoving}")]
internal sealed class Fanout
{
    private readonly Balance _balance;
    private readonly QueuePlace _queue;
    private readonly QueueOwners _queues;
    private readonly int _window;
    private readonly List<Departures> _leaving = [];

    /// <summary>
    /// The outbox of each slot's packets. There is a slot for each bucket, or one for the queue, or none where bundles go in turn.
    /// </summary>
    private readonly Outbox[] _outboxOf;

    /// <summary>The outboxes to the instances that the group has, or will have after a move.</summary>
    private Outbox[] _members;

    /// <summary>The members, and the outboxes to instances that are leaving.</summary>
    private Outbox[] _outboxes;

    /// <summary>For each member, the packets that wait for it until the move is over.</summary>
    private Outbox?[] _parking = [];

    /// <summary>For each slot, the member it belongs to.</summary>
    private byte[] _owners;
    private int _turn;

    /// <param name="queue">The queue that the packets come from.</param>
    /// <param name="targets">The instances.</param>
    /// <param name="window">Bundles that may be out to all instances together while the route is short of room.</param>
    public Fanout(Balance balance, QueuePlace queue, IReadOnlyList<IBundleTarget> targets, int window)
    {
        _balance = balance;
        _queue = queue;
        _queues = new QueueOwners(queue.Count);
        _window = window;
        _members = [.. targets.Select(target => NewOutbox(target, targets.Count))];
        _outboxes = _members;
        _outboxOf = new Outbox[balance switch { Balance.Flow => FlowBuckets.Count, Balance.Queue => 1, _ => 0 }];
        _owners = Owners();
        Assign();
    }

    /// <summary>Where every packet goes; null when that depends on the packet.</summary>
    public Outbox? Sole { get; private set; }

    /// <summary>Whether buckets are on their way from one instance to another.</summary>
    public bool IsMoving { get; private set; }

    /// <summary>Whether all packets that outboxes sent before they gave something up in <see cref="Move"/> have been consumed.</summary>
    public bool IsHome => _leaving.TrueForAll(departures => departures.Out == 0);

    /// <summary>The outboxes to instances.</summary>
    public ReadOnlySpan<Outbox> Outboxes => _outboxes;

    /// <summary>For each instance, the packets that wait for it because their bucket is moving; null for an instance without any.</summary>
    public ReadOnlySpan<Outbox?> Parking => _parking;

    /// <summary>The outbox of a flow's packets.</summary>
    public Outbox OfFlow(uint hash) => _outboxOf[FlowBuckets.Of(hash)];

    /// <summary>The outbox of the packets whose flow does not matter.</summary>
    public Outbox OfBundle() => _balance == Balance.RoundRobin ? _members[_turn] : _outboxOf[0];

    /// <summary>Ends a bundle's turn. Where bundles go in turn, the next outbox follows.</summary>
    public void NextTurn()
    {
        if (_balance == Balance.RoundRobin) _turn = (_turn + 1) % _members.Length;
    }

    /// <summary>
    /// Begins to move buckets because instances join or leave. From now on, packets of buckets that change hands are parked, and nothing
    /// more goes to an instance that is to leave.
    /// </summary>
    /// <param name="targets">The new set of instances, in any order.</param>
    /// <param name="leave">
    /// Called for each outbox that gives something up, before its count ends. It must send what the outbox holds.
    /// </param>
    /// <param name="wake">Called, on any thread, when <see cref="IsHome"/> may have become true.</param>
    public void Move(IReadOnlyList<IBundleTarget> targets, Action<Outbox> leave, Action wake)
    {
        Debug.Assert(!IsMoving, "Buckets are on their way already.");
        var before = _outboxes;
        _members = [.. targets.Select(target => Array.Find(before, o => IsTo(o, target)) ?? NewOutbox(target, targets.Count))];
        _outboxes = [.. before.Union(_members)];
        _parking = new Outbox?[_members.Length];
        _owners = Owners();
        _turn = 0;
        Sole = null;
        IsMoving = true;
        foreach (var outbox in GiveUp().Distinct().ToList()) Empty(outbox, leave, wake);
    }

    /// <summary>Gives up every instance, because the route has been removed.</summary>
    /// <param name="leave">Called for each outbox, before its count ends. It must send what the outbox holds.</param>
    /// <param name="wake">Called, on any thread, when <see cref="IsHome"/> may have become true.</param>
    public void Leave(Action<Outbox> leave, Action wake)
    {
        Debug.Assert(!IsMoving, "Packets are parked for an instance that is to take over a flow.");
        foreach (var outbox in _outboxes) Empty(outbox, leave, wake);
    }

    /// <summary>Ends the move: the outboxes to instances that left are removed, and parked packets may go.</summary>
    /// <param name="unpark">Called with each outbox that packets are parked in, and the outbox that they go to.</param>
    public void Switch(Action<Outbox, Outbox> unpark)
    {
        for (var i = 0; i < _parking.Length; i++)
        {
            if (_parking[i] is { } parked) unpark(parked, _members[i]);
        }

        _leaving.Clear();
        _parking = [];
        _outboxes = _members;
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
        for (var slot = 0; slot < _outboxOf.Length; slot++) _outboxOf[slot] = _members[_owners[slot]];
        Sole = _members.Length == 1 ? _members[0] : null;
    }

    /// <summary>Parks every bucket that changes hands.</summary>
    /// <returns>The outboxes that the buckets were in, and those to instances that leave.</returns>
    private IEnumerable<Outbox> GiveUp()
    {
        for (var slot = 0; slot < _outboxOf.Length; slot++)
        {
            var (from, to) = (_outboxOf[slot], _owners[slot]);
            if (from == _members[to]) continue;
            _outboxOf[slot] = _parking[to] ??= new Outbox(_members[to].Target, window: 0);
            yield return from;
        }

        foreach (var outbox in _outboxes.Except(_members)) yield return outbox;
    }

    /// <summary>The member that each slot belongs to, with the present members.</summary>
    private byte[] Owners()
    {
        if (_balance == Balance.Flow && _members.Length == 1) return new byte[FlowBuckets.Count];
        if (_balance == Balance.Flow) return FlowBuckets.Assign([.. _members.Select(outbox => (outbox.Target.Id, outbox.Target.Weight))]);
        if (_balance == Balance.RoundRobin) return [];
        var ids = _members.Select(outbox => outbox.Target.Id).ToList();
        _queues.Follow(ids);
        return [(byte)ids.IndexOf(_queues.Of(_queue.Index))];
    }

    private Outbox NewOutbox(IBundleTarget target, int instances) => new(target, target.HoldsBack ? 0 : Math.Max(1, _window / instances));

    /// <summary>Whether an outbox can go on for a target. One that is gone comes back as another of the same id.</summary>
    private static bool IsTo(Outbox outbox, IBundleTarget target) =>
        ReferenceEquals(outbox.Target, target) || (outbox.Target.Id == target.Id && !outbox.Target.IsGone);
}
