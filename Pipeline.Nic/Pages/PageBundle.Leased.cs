using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Pages;

/// <summary>What a bundle knows of the link between nodes that it came over, or that it is about to take.</summary>
public sealed partial class PageBundle
{
    private bool _isDiscarded;

    /// <summary>
    /// Whether its packets may still be processed here. Ask before each bundle: one that came from another node must not be processed when
    /// its link has ended, or when this process was stopped for so long that the other node gave the bundle to somebody else meanwhile.
    /// Such a bundle is discarded (<see cref="SettleNotProcessed"/>). It is true for packets of this node's own devices. For its owner; it
    /// costs a look at a clock.
    /// </summary>
    public bool IsLeaseValid => Lease?.IsValid ?? true;

    /// <summary>Whether its packets are another node's, and in that node's books. For its owner.</summary>
    public bool IsOfOtherNode => Lease is not null;

    /// <summary>The terms it was lent on; null for packets of this node's own devices.</summary>
    internal BundleLease? Lease { get; set; }

    /// <summary>
    /// A number that a link keeps with it: where it was received, its place in the order of arrival; where it is sent, its credit in bytes.
    /// </summary>
    internal long Ticket { get; set; }

    /// <summary>
    /// Counts its packets as dropped (<see cref="DropReason.RemoteLost"/>), and says that none of them was processed, because
    /// <see cref="IsLeaseValid"/> is false. So the node that sent it is never told that it was. Only for the owner, who disposes it
    /// afterwards. From then on no bundle of its link may be processed: where the lease was valid after all, the link ends as stale. A
    /// bundle of this node's own devices is dropped, and nothing else.
    /// </summary>
    /// <returns>Whether this call settled it. Where somebody else did, the link hears of it all the same.</returns>
    /// <exception cref="InvalidOperationException">Some of its packets are rejected or held: it was processed in part.</exception>
    public bool SettleNotProcessed()
    {
        if (IsSorted) throw new InvalidOperationException("Some packets of the bundle were processed already: they are rejected or held.");
        if (Lease is not { } lease) return SettleDropped(DropReason.RemoteLost);
        _isDiscarded = true;

        // The link hears of it first, so that it never takes the drops for outcomes of packets that were processed.
        var (packets, bytes) = (_count, _bytes);
        lease.Discard(packets, bytes);
        if (SettleDropped(DropReason.RemoteLost)) return true;
        lease.Discard(-packets, -bytes);
        return false;
    }

    /// <summary>
    /// Takes out its first packets, which another node has processed, and gives back their pages. Only for the owner. A thread that settles
    /// the bundle meanwhile waits, and one that has begun is waited for.
    /// </summary>
    /// <param name="count">Fewer than there are. None of them is rejected or held.</param>
    /// <param name="bytes">Captured bytes of all of them.</param>
    /// <returns>Whether the account holds them now. Otherwise somebody has settled the bundle, and these packets with it.</returns>
    internal bool ReleaseFirst(int count, long bytes)
    {
        bool isHeld;
        while (!(isHeld = TryMove(Owned, Sorting)) && Volatile.Read(ref _state) == Settling) Thread.SpinWait(1);
        if (isHeld) Account.Hold(count, bytes);
        Pool.GiveBack(Packets[..count], Share);
        Packets[count..].CopyTo(Packets);
        _count -= count;
        _bytes -= bytes;
        if (isHeld) Volatile.Write(ref _state, Owned);
        return isHeld;
    }
}
