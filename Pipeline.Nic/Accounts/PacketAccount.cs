using System.Diagnostics;

namespace Pipeline.Nic.Accounts;

/// <summary>
/// An account counts packets when they end. There is one per consumer (and one beside it for copies), and one per place where packets can
/// be lost on the way. Any thread may count and any may read.
/// </summary>
[DebuggerDisplay("{Name} ({Kind}): {DeliveredTally.Packets} delivered, {Held.Packets} held")]
public sealed partial class PacketAccount(string name, AccountKind kind)
{
    private readonly PacketCounter[] _dropped = new PacketCounter[Enum.GetValues<DropReason>().Length];
    private PacketCounter _delivered;
    private PacketCounter _released;
    private long _bundles;

    /// <summary>The consumer's name, or the stage's, as reports and metrics show it.</summary>
    public string Name { get; } = name;

    /// <summary>Which sum of the books it is part of.</summary>
    public AccountKind Kind { get; } = kind;

    /// <summary>Bundles that ended here.</summary>
    public long Bundles => Interlocked.Read(ref _bundles);

    /// <summary>Delivered, or passed where this is the normal stack's account.</summary>
    public PacketTally DeliveredTally => _delivered.Read();

    /// <summary>
    /// Packets of released flows. On the normal stack's account they are part of <see cref="DeliveredTally"/>; on an account of copies they
    /// are the copies that were not made.
    /// </summary>
    public PacketTally ReleasedTally => _released.Read();

    /// <summary>
    /// Packets dropped here for one reason. Packets and bytes are read one after the other, so they can be one bundle apart.
    /// </summary>
    public PacketTally DroppedTally(DropReason reason) => _dropped[(int)reason].Read();

    /// <summary>
    /// Counts packets as delivered, or as passed where this is the normal stack's account. Call it once per bundle: it costs two
    /// interlocked additions.
    /// </summary>
    /// <param name="packets">How many. Nothing is checked.</param>
    /// <param name="bytes">Their captured bytes.</param>
    public void Delivered(long packets, long bytes) => _delivered.Add(packets, bytes);

    /// <summary>Counts packets of released flows. Where they are also delivered, count that first.</summary>
    public void Released(long packets, long bytes) => _released.Add(packets, bytes);

    /// <summary>Counts packets as dropped here. Their interface's count of drops does not change (<see cref="DroppedFrom"/>).</summary>
    /// <param name="reason">The one reason for all of them.</param>
    /// <param name="packets">How many. Nothing is checked.</param>
    /// <param name="bytes">Their captured bytes.</param>
    public void Dropped(DropReason reason, long packets, long bytes) => _dropped[(int)reason].Add(packets, bytes);

    /// <summary>Counts packets that were dropped before they were in any bundle for this account, here and on their interface.</summary>
    public void DroppedFrom(NicInterface nicInterface, DropReason reason, long packets, long bytes)
    {
        Dropped(reason, packets, bytes);
        if (Kind != AccountKind.Copy) nicInterface.CountDropped(packets);
    }

    /// <summary>Counts one bundle that ended here. Its packets are counted separately.</summary>
    public void CountBundle() => Interlocked.Increment(ref _bundles);
}
