using System.Numerics;
using System.Runtime.InteropServices;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Links;

/// <summary>
/// What a receiver knows of one instance: which bundles came and which of them are disposed, and what the sender has been told about it.
/// </summary>
/// <remarks>
/// The link's thread owns it; any thread disposes bundles. A bundle has a ticket, its place in the order of arrival. Whoever disposes it
/// marks the ticket in a ring, and the link's thread reads the marks in order. The sender grants itself no more credit than the window, so
/// the ring is as long as the window has room for bundles. From the first bundle on that was discarded without having been processed,
/// nothing is acknowledged any more: one instance's bundles are consumed in order, and no later one is processed.
/// </remarks>
internal sealed class ArrivalRow : BundleLease
{
    /// <summary>A bundle that is larger than the window comes alone, in parts of a packet at worst.</summary>
    private const int LeastTickets = 4096;

    private const byte Disposed = 1;
    private const byte Discarded = 2;

    private readonly LinkLease _lease;
    private readonly LinkBell _bell;
    private readonly byte[] _home;
    private readonly OutcomeReport _outcomes;
    private Arrival[] _arrivals = new Arrival[64];
    private Arrival _open;
    private Arrival _openDisposed;
    private long _nextTicket;
    private long _firstOut;
    private long _acknowledged;
    private long _told;
    private bool _isCut;

    /// <param name="window">Bytes of credit that the sender has for the instance.</param>
    public ArrivalRow(int instance, PacketAccount account, BlockPagePool pool, int window, LinkLease lease, LinkBell bell)
    {
        Instance = instance;
        Account = account;
        Share = new PageShare(pool, $"{pool.Name}:{instance}", pool.PageCount);
        Copies = new CopySlab(pool);
        _lease = lease;
        _bell = bell;
        _home = new byte[BitOperations.RoundUpToPowerOf2((uint)Math.Max(window / LinkLayout.EntryBytes, LeastTickets))];
        _outcomes = new OutcomeReport(account);
    }

    public int Instance { get; }

    public PacketAccount Account { get; }

    public PageShare Share { get; }

    public CopySlab Copies { get; }

    /// <summary>The sequence of the last bundle that came whole.</summary>
    public long Sequence { get; private set; }

    /// <summary>Whether some sections of a bundle came, and not yet its last one.</summary>
    public bool IsWithinBundle { get; private set; }

    /// <summary>Whether the bundle that has begun was let in because nothing else was in flight: of the instance, of the link.</summary>
    public (bool OfInstance, bool OfLink) Alone { get; private set; }

    /// <summary>The credit of all that came and has not been acknowledged.</summary>
    public long InFlight { get; private set; }

    /// <summary>Whether something is acknowledged whose outcome the sender does not know.</summary>
    public bool IsUnsettled => _outcomes.IsUnsettled;

    /// <summary>Whether every bundle that was lent is home. After <see cref="Refresh"/>.</summary>
    public bool AreHome => _firstOut == _nextTicket;

    public override bool IsValid => _lease.IsValid;

    /// <summary>Whether that many bundles more can be kept track of.</summary>
    public bool HasTickets(int bundles) => _nextTicket - _firstOut + bundles <= _home.Length;

    public override void Discard(long packets, long bytes)
    {
        _lease.Revoke();
        _outcomes.Discard(packets, bytes);
    }

    public override void Home(long ticket, bool isDiscarded)
    {
        Volatile.Write(ref _home[ticket & (_home.Length - 1)], isDiscarded ? Discarded : Disposed);
        _bell.Ring();
    }

    /// <summary>A section of the next bundle has come.</summary>
    public void Begin(long charge, bool isLast, bool isLinkIdle)
    {
        if (!IsWithinBundle) Alone = (InFlight == 0, isLinkIdle);
        IsWithinBundle = !isLast;
        if (isLast) Sequence++;
        InFlight += charge;
    }

    /// <summary>Lends a bundle, before it is handed over.</summary>
    /// <param name="sequence">The sender's sequence of the bundle that it is a part of.</param>
    /// <param name="endsSequence">Whether it is the last part.</param>
    public void Lend(PageBundle bundle, long sequence, bool endsSequence)
    {
        if (_nextTicket - _firstOut == _arrivals.Length) Grow();
        bundle.Sequence = sequence;
        bundle.Ticket = _nextTicket++;
        bundle.Lease = this;
        _arrivals[bundle.Ticket & (_arrivals.Length - 1)] = new Arrival(bundle.Count, bundle.Bytes, endsSequence);
    }

    /// <summary>Looks for bundles that came home, and for outcomes.</summary>
    /// <returns>The credit that the sender gets back with the next acknowledgement.</returns>
    public long Refresh()
    {
        var freed = 0L;
        for (; _firstOut < _nextTicket; _firstOut++)
        {
            ref var isHome = ref _home[_firstOut & (_home.Length - 1)];
            var how = Volatile.Read(ref isHome);
            if (how == 0) break;
            isHome = 0;
            _isCut |= how == Discarded;
            if (_isCut) continue;
            ref readonly var arrival = ref _arrivals[_firstOut & (_arrivals.Length - 1)];
            _open = new Arrival(_open.Packets + arrival.Packets, _open.Bytes + arrival.Bytes, EndsSequence: false);
            if (!arrival.EndsSequence) continue;
            freed += LinkLayout.Charge(_open.Packets, _open.Bytes);
            _outcomes.Dispose(_open.Packets, _open.Bytes);
            _open = default;
            _acknowledged++;
        }

        // Where nothing is out, the slab of copies is of no use to this instance, and the others may lack it.
        if (AreHome) Copies.Release();
        InFlight -= freed;
        _outcomes.Refresh();
        return freed;
    }

    /// <summary>Whether there is something that the sender does not know yet.</summary>
    public bool IsDue => _acknowledged != _told || _outcomes.Changed != 0;

    /// <summary>Writes what the sender does not know yet.</summary>
    /// <returns>Bytes written; 0 where the sender knows everything.</returns>
    public int Write(Span<byte> to)
    {
        if (!IsDue) return 0;
        MemoryMarshal.Write(to, Instance);
        MemoryMarshal.Write(to[4..], _outcomes.Changed);
        MemoryMarshal.Write(to[8..], _acknowledged);
        _told = _acknowledged;
        return LinkLayout.RowBytes + _outcomes.Write(to[LinkLayout.RowBytes..]);
    }

    /// <summary>
    /// What was processed in the end. The link must have ended, and every bundle must be home. Any thread, one at a time; where outcomes
    /// came meanwhile, another call tells them.
    /// </summary>
    /// <returns>Null where nothing was processed.</returns>
    public LastWordsRow? LastWords()
    {
        // The first packets of a bundle whose rest did not come, or was discarded, have outcomes like those that are acknowledged.
        _outcomes.Dispose(_open.Packets - _openDisposed.Packets, _open.Bytes - _openDisposed.Bytes);
        _openDisposed = _open;
        _outcomes.Refresh();
        return _acknowledged == 0 && _open.Packets == 0
            ? null
            : new LastWordsRow(Instance, _acknowledged, _open.Packets, [.. _outcomes.Told]);
    }

    private void Grow()
    {
        var longer = new Arrival[_arrivals.Length * 2];
        for (var ticket = _firstOut; ticket < _nextTicket; ticket++)
            longer[ticket & (longer.Length - 1)] = _arrivals[ticket & (_arrivals.Length - 1)];
        _arrivals = longer;
    }

    private readonly record struct Arrival(int Packets, long Bytes, bool EndsSequence);
}
