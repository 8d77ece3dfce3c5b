using System.Diagnostics;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Links;

/// <summary>
/// The way to one instance on the other node. Any thread gives it bundles; they wait here for credit, travel in order, and stay the link's
/// until the other node has disposed them.
/// </summary>
/// <remarks>
/// Everything but <see cref="TrySend"/>, <see cref="PacketsInFlight"/> and the constant properties belongs to the link's thread, and, when
/// that has ended, to the thread that closes the link.
/// </remarks>
[DebuggerDisplay("instance {Instance}: {_inFlight} bytes in flight, {_acknowledged} of {_sequence} bundles acknowledged")]
public sealed partial class LinkLane
{
    private readonly LinkBell _bell;
    private readonly LaneInbox _inbox = new();
    private readonly OutcomeBook _outcomes;
    private readonly long _window;
    private readonly LinkCounters _counters;
    private BundleList _waiting;
    private BundleList _sent;
    private int _nextPacket;
    private long _sequence;
    private long _acknowledged;
    private long _inFlight;
    private long _disposed;
    private bool _isBlocked;

    internal LinkLane(int instance, PacketAccount account, int bytesToAPacket, long window, LinkBell bell, LinkCounters counters)
    {
        Instance = instance;
        Account = account;
        BytesToAPacket = bytesToAPacket;
        _window = window;
        _bell = bell;
        _counters = counters;
        _outcomes = new OutcomeBook(account);
    }

    /// <summary>The instance's number on this link.</summary>
    public int Instance { get; }

    /// <summary>The account of all of its bundles, into which the link brings back what became of their packets.</summary>
    public PacketAccount Account { get; }

    /// <summary>
    /// The bytes of each packet that are carried: all (<see cref="int.MaxValue"/>), the first so many, or 0 for the descriptor alone.
    /// </summary>
    public int BytesToAPacket { get; }

    /// <summary>
    /// Packets that were handed over and that the other node has not disposed: they wait, are on the wire, or are with the other node. When
    /// the link is closed, those that are handed back are in it no more. Any thread.
    /// </summary>
    public long PacketsInFlight
    {
        get
        {
            // The order matters: packets that move in between make the result too large for a moment, and they are not missed.
            var disposed = Volatile.Read(ref _disposed);
            return Math.Max(0, _inbox.Packets - disposed);
        }
    }

    /// <summary>Packets that were handed over since the link began. Any thread.</summary>
    internal long HandedOver => _inbox.Packets;

    /// <summary>Whether so many packets have been disposed by the other node, and their outcome is known.</summary>
    internal bool HasSettled(long packets) => _outcomes.Settled >= packets;

    /// <summary>Whether a bundle waits for credit or for its turn. For the link's thread.</summary>
    internal bool HasWaiting => _waiting.First is not null;

    /// <summary>Whether a bundle was put in that the link's thread has not taken yet.</summary>
    internal bool HasNew => !_inbox.IsEmpty;

    /// <summary>Hands a bundle over. Any thread; one lock-free operation.</summary>
    /// <param name="bundle">
    /// The caller's, and not empty. The link owns it from now on, with its pages, until the other node acknowledges it or the link is
    /// closed. Its packets then move to the outcome in <see cref="Account"/>.
    /// </param>
    /// <returns>False where the link has ended; the bundle remains the caller's.</returns>
    /// <exception cref="ArgumentException">
    /// It is empty, counts into another account, is another link's own, or some of its packets are rejected or held, so that not all of
    /// them are to be settled here. It remains the caller's.
    /// </exception>
    public bool TrySend(PageBundle bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        if (bundle.IsEmpty || bundle.Account != Account || bundle.Lease is not null || bundle.IsSorted) throw NotTaken(bundle);
        if (!_inbox.TryPut(bundle)) return false;
        _bell.Ring();
        return true;
    }

    /// <summary>Takes over what was handed over since the last time.</summary>
    internal void Collect()
    {
        if (HasNew) _waiting.AddReversed(_inbox.TakeAll());
    }

    /// <summary>The bundle to send next, or to go on with, where there is credit for it.</summary>
    /// <param name="linkInFlight">Bytes that the link has unacknowledged.</param>
    /// <param name="linkWindow">The most it may have.</param>
    /// <param name="first">The first packet that was not sent yet.</param>
    internal PageBundle? Next(long linkInFlight, long linkWindow, out int first)
    {
        first = _nextPacket;
        if (_waiting.First is not { } bundle || first > 0) return _waiting.First;
        if (_isBlocked && !HasCredit(bundle.Ticket, linkInFlight, linkWindow)) return null;
        if (!_isBlocked) bundle.Ticket = PacketBytes.Charge(bundle.Packets, bundle.Bytes, BytesToAPacket);
        _isBlocked = !HasCredit(bundle.Ticket, linkInFlight, linkWindow);
        if (!_isBlocked) return bundle;
        _counters.CreditWaits++;
        return null;
    }

    /// <summary>The last bundle that the other node has disposed, with all in front of it.</summary>
    internal long Acknowledged => _acknowledged;

    /// <summary>The next bundle's sequence.</summary>
    internal long NextSequence => _sequence + 1;

    /// <summary>Packets of the first waiting bundle have been put into a frame.</summary>
    /// <returns>The credit that the bundle takes, once; 0 where it was taken before.</returns>
    internal long Advance(int packets)
    {
        var bundle = _waiting.First!;
        var charge = _nextPacket == 0 ? bundle.Ticket : 0;
        _inFlight += charge;
        _nextPacket += packets;
        if (_nextPacket < bundle.Count) return charge;
        _nextPacket = 0;
        _sequence++;
        _sent.Add(_waiting.Take());
        _counters.Bundles++;
        return charge;
    }

    /// <summary>The other node has disposed all bundles up to this one.</summary>
    /// <param name="freed">The credit that comes back.</param>
    /// <returns>False where it goes backwards, or that bundle was not sent.</returns>
    internal bool TryAcknowledge(long sequence, out long freed)
    {
        freed = 0;
        if (sequence < _acknowledged || sequence > _sequence) return false;
        for (; _acknowledged < sequence; _acknowledged++)
        {
            var bundle = _sent.Take();
            freed += bundle.Ticket;
            var (packets, bytes) = (bundle.Count, bundle.Bytes);
            var carried = bundle.Ticket - LinkLayout.Charge(packets, 0);
            _outcomes.Dispose(packets, bytes, carried, areHeld: bundle.TryHold(packets, bytes));
            bundle.Dispose();
            Disposed(packets);
        }

        _inFlight -= freed;
        return true;
    }

    /// <inheritdoc cref="OutcomeBook.TrySettle"/>
    internal bool TrySettle(int outcome, long packets, long bytes) => _outcomes.TrySettle(outcome, packets, bytes);

    /// <summary>Ends it: nothing can be handed over any more.</summary>
    internal void Seal() => _waiting.AddReversed(_inbox.Close());

    /// <summary>Hands back what was not acknowledged, in order, and drops what has no outcome. After <see cref="Seal"/>.</summary>
    internal void HandBack(Action<int, PageBundle> handBack)
    {
        _outcomes.DropHeld(DropReason.RemoteLost);
        while (_sent.First is not null) HandBack(_sent.Take(), handBack);
        while (_waiting.First is not null) HandBack(_waiting.Take(), handBack);
    }

    private void HandBack(PageBundle bundle, Action<int, PageBundle> handBack)
    {
        Disposed(bundle.Count);
        handBack(Instance, bundle);
    }

    private void Disposed(int packets) => Volatile.Write(ref _disposed, _disposed + packets);

    private ArgumentException NotTaken(PageBundle bundle) => new(
        $"The bundle is empty, its account is not {Account.Name}, it came over a link, or some of its packets are rejected or held.",
        nameof(bundle));

    // A bundle that is larger than a window goes alone.
    private bool HasCredit(long charge, long linkInFlight, long linkWindow) =>
        (_inFlight == 0 || _inFlight + charge <= _window) && (linkInFlight == 0 || linkInFlight + charge <= linkWindow);
}
