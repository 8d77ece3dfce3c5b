using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Links;

/// <summary>
/// What became of the packets of one instance that were acknowledged. They are held in the account they came from until the outcome is
/// known.
/// </summary>
/// <remarks>
/// The receiver counts the bytes that were carried. Where these are all bytes, they are the account's too. Where packets were shortened,
/// the account's bytes are spread evenly over the packets that are held, and the last ones get the rest: so packets are exact by reason,
/// and bytes are exact in all. For the thread of the link.
/// </remarks>
internal sealed class OutcomeBook(PacketAccount account)
{
    private readonly PacketTally[] _outcomes = new PacketTally[LinkLayout.Outcomes];
    private PacketTally _disposed;
    private PacketTally _settled;
    private PacketTally _held;
    private bool _isShortened;

    /// <summary>Packets whose outcome is known, since the beginning.</summary>
    public long Settled => _settled.Packets;

    /// <summary>What was acknowledged and has no outcome yet, in captured bytes.</summary>
    public PacketTally Held => _held;

    /// <summary>Takes packets into the book that the receiver has disposed.</summary>
    /// <param name="packets">How many.</param>
    /// <param name="captured">Their bytes in the account.</param>
    /// <param name="carried">Their bytes on the link.</param>
    /// <param name="areHeld">Whether the account holds them; otherwise somebody else settled them before.</param>
    public void Dispose(int packets, long captured, long carried, bool areHeld)
    {
        _isShortened |= captured != carried;
        _disposed = _disposed.Plus(packets, carried);
        if (areHeld) _held = _held.Plus(packets, captured);
    }

    /// <summary>Settles what is new of one outcome.</summary>
    /// <param name="outcome">0 for delivered packets, otherwise 1 and the reason.</param>
    /// <param name="packets">Of all packets of the link and instance.</param>
    /// <param name="bytes">The same in bytes.</param>
    /// <returns>False where the numbers go back, or there are more than were disposed. Nothing is settled then.</returns>
    public bool TrySettle(int outcome, long packets, long bytes)
    {
        var more = new PacketTally(packets, bytes) - _outcomes[outcome];
        var left = _disposed - _settled;
        if (more.Packets < 0 || more.Bytes < 0 || more.Packets > left.Packets || more.Bytes > left.Bytes) return false;
        _outcomes[outcome] = new PacketTally(packets, bytes);
        _settled += more;
        Settle(outcome, PartOf(more));
        return true;
    }

    /// <summary>Whether the outcomes can be right once some more packets are disposed.</summary>
    /// <param name="outcomes">Of all packets of the link and instance; 0 where nothing is said.</param>
    /// <param name="disposed">What is about to be disposed, in carried bytes.</param>
    public bool CanSettle(ReadOnlySpan<PacketTally> outcomes, PacketTally disposed)
    {
        var left = _disposed + disposed - _settled;
        for (var outcome = 0; outcome < outcomes.Length; outcome++)
        {
            if (outcomes[outcome] == default) continue;
            var more = outcomes[outcome] - _outcomes[outcome];
            left -= more;
            if (more.Packets < 0 || more.Bytes < 0 || left.Packets < 0 || left.Bytes < 0) return false;
        }

        return true;
    }

    /// <summary>Drops what has no outcome: the receiver can no longer tell it.</summary>
    public void DropHeld(DropReason reason) => Settle(1 + (int)reason, _held);

    private PacketTally PartOf(PacketTally more)
    {
        var packets = Math.Min(more.Packets, _held.Packets);
        if (!_isShortened) return new PacketTally(packets, Math.Min(more.Bytes, _held.Bytes));
        if (packets == _held.Packets) return _held;
        return new PacketTally(packets, (long)((Int128)_held.Bytes * packets / _held.Packets));
    }

    private void Settle(int outcome, PacketTally part)
    {
        if (part == default) return;
        if (outcome == 0) account.HeldDelivered(part.Packets, part.Bytes);
        else account.HeldDropped((DropReason)(outcome - 1), part.Packets, part.Bytes);
        _held -= part;
    }
}
