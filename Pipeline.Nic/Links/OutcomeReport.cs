using System.Numerics;
using System.Runtime.InteropServices;
using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Links;

/// <summary>
/// What a receiver tells of outcomes: the account of one link and instance, but never more than was acknowledged as disposed.
/// </summary>
/// <remarks>
/// A bundle is settled before it is disposed, and a later one may be disposed before an earlier one. So the account can be ahead of what
/// was acknowledged. If the sender were told, and the link broke then, packets would count that the sender also takes back. Packets of an
/// instance are alike in the sums, so the surplus is held back until more is acknowledged. Packets that were not processed are left out
/// wholly: their bundles are never acknowledged.
/// </remarks>
internal sealed class OutcomeReport(PacketAccount account)
{
    private readonly PacketTally[] _told = new PacketTally[LinkLayout.Outcomes];
    private PacketTally _disposed;
    private PacketTally _sum;
    private long _discardedPackets;
    private long _discardedBytes;

    /// <summary>A bit for each outcome that the sender does not know in full: 0 for delivered, 1 and the reason for dropped.</summary>
    public uint Changed { get; private set; }

    /// <summary>Whether disposed packets have no outcome yet.</summary>
    public bool IsUnsettled => _sum != _disposed;

    /// <summary>All that was told, by outcome: 0 for delivered, 1 and the reason for dropped.</summary>
    public ReadOnlySpan<PacketTally> Told => _told;

    /// <summary>
    /// Packets that were not processed are about to be counted as dropped; negative where they are not, after all. Any thread.
    /// </summary>
    public void Discard(long packets, long bytes)
    {
        Interlocked.Add(ref _discardedPackets, packets);
        Interlocked.Add(ref _discardedBytes, bytes);
    }

    public void Dispose(int packets, long bytes) => _disposed = _disposed.Plus(packets, bytes);

    /// <summary>Reads the account.</summary>
    public void Refresh()
    {
        for (var outcome = 0; outcome < _told.Length && IsUnsettled; outcome++)
        {
            var more = Counted(outcome) - _told[outcome];
            var left = _disposed - _sum;
            more = new PacketTally(Math.Clamp(more.Packets, 0, left.Packets), Math.Clamp(more.Bytes, 0, left.Bytes));
            if (more == default) continue;
            _told[outcome] += more;
            _sum += more;
            Changed |= 1u << outcome;
        }
    }

    private PacketTally Counted(int outcome)
    {
        if (outcome == 0) return account.DeliveredTally;
        var dropped = account.DroppedTally((DropReason)(outcome - 1));

        // This is read after the account and written before it: so it can be too much for a moment, and never too little.
        if (outcome == 1 + (int)DropReason.RemoteLost)
            dropped = dropped.Plus(-Volatile.Read(ref _discardedPackets), -Volatile.Read(ref _discardedBytes));
        return dropped;
    }

    /// <summary>Writes the outcomes that changed.</summary>
    /// <returns>Bytes written.</returns>
    public int Write(Span<byte> to)
    {
        var at = 0;
        for (; Changed != 0; Changed &= Changed - 1)
        {
            ref readonly var tally = ref _told[BitOperations.TrailingZeroCount(Changed)];
            MemoryMarshal.Write(to[at..], tally.Packets);
            MemoryMarshal.Write(to[(at + 8)..], tally.Bytes);
            at += LinkLayout.OutcomeBytes;
        }

        return at;
    }
}
