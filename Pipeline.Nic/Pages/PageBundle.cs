using System.Diagnostics;
using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Pages;

/// <summary>
/// The unit in transit: up to <see cref="Capacity"/> packets of one pool, one interface and one rule generation.
/// </summary>
/// <remarks>
/// <para>One owner at a time. Sending it hands it over; whoever holds it last disposes it exactly once, in <c>finally</c>.</para>
/// <para>Two things end a bundle, and they can happen at different times: <em>settling</em> writes its packets into an account, and the
/// first to settle wins; <em>disposing</em> returns its pages. A bundle that is stuck in a consumer when the program must end is settled as
/// <see cref="DropReason.Shutdown"/> while the consumer still reads it, and only its pages come home later.</para>
/// <para>Bundles come from a <see cref="BundlePool"/> and go back to it; nothing is allocated once warm.</para>
/// </remarks>
[DebuggerDisplay("{_count} of {Capacity} packets from {Interface.Name}, generation {Generation}, state {_state}")]
public sealed partial class PageBundle : IDisposable
{
    private const int Idle = 0;
    private const int Owned = 1;

    /// <summary>Its packets are being counted, perhaps by a thread that is not its owner's.</summary>
    private const int Settling = 2;
    private const int Settled = 3;

    /// <summary>It was disposed while it was being settled. The settling thread takes it home.</summary>
    private const int Left = 4;

    /// <summary>Its owner says that some of its packets are not delivered, which takes a moment.</summary>
    private const int Sorting = 5;

    private readonly BundlePool _home;
    private readonly DescriptorMemory _memory;
    private PageShare? _share;
    private PacketAccount? _account;
    private int _count;
    private int _state;
    private uint _flags;
    private long _bytes;

    internal PageBundle(BundlePool home, int capacity)
    {
        _home = home;
        _memory = new DescriptorMemory(capacity);
    }

    /// <summary>
    /// The next bundle in the list that this one is in: its pool's list of returned ones, or a link's. Only the list's owner uses it, and
    /// leaves it null.
    /// </summary>
    internal PageBundle? Next { get; set; }

    /// <summary>Counts it when it comes home; null where nobody counts.</summary>
    internal Departures? Departures { get; set; }

    /// <summary>What it weighs there.</summary>
    internal long Load { get; set; }

    /// <summary>The most packets it holds, 1 or more. Its <see cref="BundlePool"/> sets it for its whole life.</summary>
    public int Capacity => _memory.Capacity;

    /// <summary>Packets in it. Only for its owner, like every member that does not say otherwise.</summary>
    public int Count => _count;

    /// <summary>Captured bytes of all its packets.</summary>
    public long Bytes => _bytes;

    /// <summary>Whether nothing more can be appended.</summary>
    public bool IsFull => _count == _memory.Capacity;

    /// <summary>Whether nothing is in it. It can still have an account and a share.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>Whether it is out of its pool.</summary>
    internal bool IsOut => Volatile.Read(ref _state) != Idle;

    /// <summary>Whether any of its packets lies in a page that other bundles hold too.</summary>
    internal bool HasSharedPages => (_flags & Packet.FlagBits(PacketFlags.SharedPage)) != 0;

    /// <summary>Whether nobody has settled it yet.</summary>
    private bool IsOwned => Volatile.Read(ref _state) is Owned or Sorting;

    /// <summary>The pool that the bytes of all its packets lie in.</summary>
    /// <exception cref="ObjectDisposedException">The bundle is idle in its pool.</exception>
    public PagePool Pool => Share.Pool;

    /// <summary>The share that is charged for the pages of its packets.</summary>
    public PageShare Share => _share ?? throw Idleness();

    /// <summary>The account that counts its packets when it ends.</summary>
    public PacketAccount Account => _account ?? throw Idleness();

    /// <summary>The interface all of its packets came in on.</summary>
    public NicInterface Interface { get; set; } = NicInterface.Unknown;

    /// <summary>The rules that marked its packets: the device's at first, then the router's; null where none were tried.</summary>
    public MarkedBy? MarkedBy { get; set; }

    /// <summary>The rule set that marked its packets; 0 where none has.</summary>
    public int Generation => MarkedBy?.Generation ?? 0;

    /// <summary>Whether its packets are of released flows, which the account counts beside their delivery.</summary>
    public bool IsOfReleased { get; set; }

    /// <summary>Counts up by one per bundle that left the same place.</summary>
    public long Sequence { get; set; }

    /// <summary><see cref="System.Diagnostics.Stopwatch"/> ticks when the first packet was put in.</summary>
    public long StartedAt { get; set; }

    /// <summary>
    /// Its packets' descriptors, in the order they were appended, to be read and changed in place. Valid until the bundle is handed on, cut
    /// or disposed.
    /// </summary>
    public Span<Packet> Packets => _memory.Slice(0, _count);

    /// <summary>A packet's bytes, valid until this bundle is disposed.</summary>
    public ReadOnlySpan<byte> BytesOf(in Packet packet) => Pool.Bytes(packet);

    /// <summary>
    /// Moves the bundle itself to another route with all of its packets, instead of copying each. The caller must have taken the packets'
    /// pages for <paramref name="share"/> first. The bundle's hold on them under its old share is given back.
    /// </summary>
    public void MoveTo(PageShare share, PacketAccount account)
    {
        var before = Share;
        if (Pool.HasOnePacketToAPage) before.Discharge(_count);
        else Pool.GiveBack(Packets, before);
        _share = share;
        _account = account;
        share.BundleOut();
        before.BundleHome();
    }

    /// <summary>Takes out the packets from <paramref name="count"/> on, and gives back their pages. They count as never received.</summary>
    public void Truncate(int count)
    {
        var cut = Packets[count..];
        foreach (ref readonly var packet in cut) _bytes -= packet.CapturedLength;
        Pool.GiveBack(cut, Share);
        _count = count;
    }

    /// <summary>
    /// Forgets packets that have been moved into other bundles: where pages hold one packet, moving a descriptor moves the page. Where
    /// pages hold many, the bundle keeps its packets, and gives back their pages when it is disposed. The receiving shares must have been
    /// charged.
    /// </summary>
    public void ForgetMoved()
    {
        if (!Pool.HasOnePacketToAPage) return;
        Share.Discharge(_count);
        _count = 0;
        _flags = 0;
        _bytes = 0;
    }

    /// <summary>Counts its packets as delivered (or passed, where the account is the stack's). The first to settle wins.</summary>
    /// <returns>Whether this call was the first.</returns>
    public bool SettleDelivered()
    {
        if (!TryBeginSettling()) return false;
        var rest = SettleSorted();
        if (rest != default) Account.Delivered(rest.Packets, rest.Bytes);
        if (IsOfReleased && rest != default) Account.Released(rest.Packets, rest.Bytes);
        EndSettling();
        return true;
    }

    /// <summary>
    /// Counts its packets as dropped, except those that the consumer already holds or has rejected. The first to settle wins.
    /// </summary>
    /// <returns>Whether this call was the first.</returns>
    public bool SettleDropped(DropReason reason)
    {
        if (!TryBeginSettling()) return false;
        var rest = SettleSorted();
        if (rest != default) CountDropped(reason, rest);
        EndSettling();
        return true;
    }

    /// <summary>Marks it settled without counting: its packets have been counted, or have moved to other bundles.</summary>
    public void SettleMoved() => TryMove(Owned, Settled);

    /// <summary>
    /// Settles it as delivered unless someone settled it before, returns its pages and goes back to its pool. Call it once, from any
    /// thread. After it the bundle is somebody else's.
    /// </summary>
    public void Dispose()
    {
        SettleDelivered();
        if (TryMove(Settled, Idle)) GoHome();
        else if (TryMove(Settling, Left)) return;
        else if (TryMove(Settled, Idle)) GoHome();
        else throw new ObjectDisposedException(nameof(PageBundle), "A bundle was disposed twice.");
    }

    internal void Open(PageShare share, PacketAccount account, NicInterface nicInterface)
    {
        if (Volatile.Read(ref _state) != Idle) throw new InvalidOperationException("A rented bundle was not idle.");
        _share = share;
        _account = account;
        Interface = nicInterface;
        share.BundleOut();

        // This is last, because any thread that sees that it is owned might settle it.
        Volatile.Write(ref _state, Owned);
    }

    private bool TryMove(int from, int to) => Interlocked.CompareExchange(ref _state, to, from) == from;

    private bool TryBeginSettling()
    {
        while (!TryMove(Owned, Settling))
        {
            if (Volatile.Read(ref _state) != Sorting) return false;
            Thread.SpinWait(1);
        }

        return true;
    }

    private void EndSettling()
    {
        if (TryMove(Settling, Settled)) return;
        TryMove(Left, Idle);
        GoHome();
    }

    private void GoHome()
    {
        var (share, departures, load, lease, ticket, isDiscarded) = (Share, Departures, Load, Lease, Ticket, _isDiscarded);
        Reset();
        share.Pool.GiveBack(this, share);
        share.BundleHome();
        departures?.Home(load);
        lease?.Home(ticket, isDiscarded);
    }

    /// <summary>Goes back to its own pool, idle, after its pages were taken. Only for its last owner.</summary>
    internal void Recycle()
    {
        Debug.Assert(!IsOut, "A bundle that is out was put back into its pool.");
        _count = 0;
        _flags = 0;
        _home.Return(this);
    }

    private void CountDropped(DropReason reason, PacketTally tally) => Account.DroppedFrom(Interface, reason, tally.Packets, tally.Bytes);

    // The exception is made here and thrown elsewhere, so that the properties stay small enough to be inlined.
    private static ObjectDisposedException Idleness() => new(nameof(PageBundle), "The bundle is idle in its pool.");

    /// <summary>Forgets everything except its packets. Their pages are found through them.</summary>
    private void Reset()
    {
        _share = null;
        _account = null;
        Interface = NicInterface.Unknown;
        _bytes = 0;
        ForgetSorted();
        MarkedBy = null;
        IsOfReleased = false;
        Sequence = 0;
        StartedAt = 0;
        Departures = null;
        Load = 0;
        Lease = null;
        _isDiscarded = false;
    }
}
