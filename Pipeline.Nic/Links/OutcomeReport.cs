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
/// instance are alike in the sums, so the surplus is held back until more is acknowledged.
/// </remarks>
internal sealed class OutcomeReport(PacketAccount account)
{
    private readonly PacketTally[] _told = new PacketTally[LinkLayout.Outcomes];
    private PacketTally _disposed;
    private PacketTally _sum;

    /// <summary>A bit for each outcome that the sender does not know in full: 0 for delivered, 1 and the reason for dropped.</summary>
    public uint Changed { get; private set; }

    /// <summary>Whether disposed packets have no outcome yet.</summary>
    public bool IsUnsettled => _sum != _disposed;

    public void Dispose(int packets, long bytes) => _disposed = _disposed.Plus(packets, bytes);

    /// <summary>Reads the account.</summary>
    public void Refresh()
    {
        for (var outcome = 0; outcome < _told.Length && IsUnsettled; outcome++)
        {
            var now = outcome == 0 ? account.DeliveredTally : account.DroppedTally((DropReason)(outcome - 1));
            var more = now - _told[outcome];
            var left = _disposed - _sum;
            more = new PacketTally(Math.Min(more.Packets, left.Packets), Math.Min(more.Bytes, left.Bytes));
            if (more == default) continue;
            _told[outcome] += more;
            _sum += more;
            Changed |= 1u << outcome;
        }
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
