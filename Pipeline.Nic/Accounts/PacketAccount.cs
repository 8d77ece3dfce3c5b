using System.Diagnostics;

namespace Pipeline.Nic.Accounts;

/// <summary>
/// Where packets are counted when they end: one per consumer (and one beside it for copies), one per place where they can be lost
/// on the way. Any thread may count and any may read.
/// </summary>
[DebuggerDisplay("{Name} ({Kind}): {DeliveredTally.Packets} delivered, {Held.Packets} held")]
public sealed partial class PacketAccount(string name, AccountKind kind)
{
    private readonly PacketCounter[] _dropped = new PacketCounter[Enum.GetValues<DropReason>().Length];
    private PacketCounter _delivered;
    private long _bundles;

    /// <summary>The consumer's name, or the stage's, as reports and metrics show it.</summary>
    public string Name { get; } = name;

    public AccountKind Kind { get; } = kind;

    /// <summary>Bundles that ended here.</summary>
    public long Bundles => Interlocked.Read(ref _bundles);

    /// <summary>Delivered, or passed where this is the normal stack's account.</summary>
    public PacketTally DeliveredTally => _delivered.Read();

    public PacketTally DroppedTally(DropReason reason) => _dropped[(int)reason].Read();

    public void Delivered(long packets, long bytes) => _delivered.Add(packets, bytes);

    public void Dropped(DropReason reason, long packets, long bytes) => _dropped[(int)reason].Add(packets, bytes);

    /// <summary>Counts packets that were dropped before they were in any bundle for this account, here and on their interface.</summary>
    public void DroppedFrom(NicInterface nicInterface, DropReason reason, long packets, long bytes)
    {
        Dropped(reason, packets, bytes);
        if (Kind != AccountKind.Copy) nicInterface.CountDropped(packets);
    }

    public void CountBundle() => Interlocked.Increment(ref _bundles);
}
