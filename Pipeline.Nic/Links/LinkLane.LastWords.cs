using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Links;

/// <summary>What the other node says of the lane when its link has ended.</summary>
public sealed partial class LinkLane
{
    /// <summary>
    /// Whether last words can be true: they go back behind nothing that was acknowledged, and tell of nothing that was not sent. It is for
    /// the thread that closes the link, as is all of this.
    /// </summary>
    internal LinkRefusal Check(LastWordsRow row)
    {
        if (row.Sequence < _acknowledged || row.Sequence > _sequence) return LinkRefusal.Acknowledgement;
        var (next, disposed) = (_sent.First, default(PacketTally));
        for (var sequence = _acknowledged; sequence < row.Sequence; sequence++, next = next.Next)
            disposed = disposed.Plus(next!.Count, next.Ticket - LinkLayout.Charge(next.Count, 0));

        // Where all packets of the next bundle were processed, its sequence would say so.
        var sent = next is null ? _nextPacket : next.Count - 1;
        if (row.Packets > sent) return LinkRefusal.Acknowledgement;
        if (row.Packets > 0)
            foreach (ref readonly var packet in (next ?? _waiting.First!).Packets[..row.Packets])
                disposed = disposed.Plus(1, PacketBytes.Carried(packet, BytesToAPacket));
        return _outcomes.CanSettle(row.Outcomes, disposed) ? LinkRefusal.None : LinkRefusal.Outcome;
    }

    /// <summary>
    /// Acknowledges and settles what they say. Packets of the next bundle that were processed leave it. After <see cref="Seal"/> and
    /// <see cref="Check"/>, in front of <see cref="HandBack(Action{int, PageBundle})"/>.
    /// </summary>
    internal void Take(LastWordsRow row)
    {
        TryAcknowledge(row.Sequence, out _);
        if (row.Packets > 0) TakeFirst(_sent.First ?? _waiting.First!, row.Packets);
        for (var outcome = 0; outcome < row.Outcomes.Length; outcome++)
        {
            var tally = row.Outcomes[outcome];
            if (tally != default) TrySettle(outcome, tally.Packets, tally.Bytes);
        }
    }

    private void TakeFirst(PageBundle bundle, int packets)
    {
        var (captured, carried) = (0L, 0L);
        foreach (ref readonly var packet in bundle.Packets[..packets])
        {
            captured += packet.CapturedLength;
            carried += PacketBytes.Carried(packet, BytesToAPacket);
        }

        _outcomes.Dispose(packets, captured, carried, areHeld: bundle.ReleaseFirst(packets, captured));
        Disposed(packets);
    }
}
