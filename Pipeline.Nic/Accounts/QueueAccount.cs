using System.Diagnostics;

namespace Pipeline.Nic.Accounts;

/// <summary>
/// The packets that one NIC queue took in. Only the queue's thread writes; any thread reads.
/// </summary>
/// <param name="name">The queue's.</param>
/// <param name="passedByDevice">
/// Reads how many of the queue's packets the device itself left to the normal stack. Null where it leaves none. Every reader of the account
/// calls it, so the number is up to date even while the queue sleeps.
/// </param>
/// <param name="copies">
/// For a queue of copies, whose packets are received elsewhere: the account of copies. What the queue gives out is not received here, and
/// what the device lost of it is dropped there, because its reader was too slow. Null for all other queues.
/// </param>
[DebuggerDisplay("{Name}: {Received.Packets} received in {Bundles} bundles")]
public sealed class QueueAccount(string name, Func<PacketTally>? passedByDevice = null, PacketAccount? copies = null)
{
    private readonly long[] _lost = new long[Enum.GetValues<DeviceLoss>().Length];
    private PacketCounter _received;
    private long _bundles;

    /// <summary>The queue's name in reports and metrics, such as <c>pcap:0</c>.</summary>
    public string Name { get; } = name;

    /// <summary>Packets that came in bundles, without those that the device passed.</summary>
    public PacketTally Received => _received.Read();

    /// <summary>Packets that the device itself left to the normal stack. They count as received and as passed at once.</summary>
    public PacketTally PassedByDevice => passedByDevice?.Invoke() ?? default;

    /// <summary>Bundles that held at least one packet when the queue handed them on.</summary>
    public long Bundles => Interlocked.Read(ref _bundles);

    /// <summary>
    /// Packets that the device lost in one way before they were received. The number is as recent as the queue's last reading of the
    /// device.
    /// </summary>
    public long Lost(DeviceLoss loss) => Interlocked.Read(ref _lost[(int)loss]);

    /// <summary>Counts one bundle.</summary>
    /// <param name="nicInterface">Where its packets came in.</param>
    /// <param name="packets">How many.</param>
    /// <param name="bytes">Their captured bytes.</param>
    public void CountReceived(NicInterface nicInterface, int packets, long bytes)
    {
        Interlocked.Increment(ref _bundles);
        if (copies is not null) return;
        _received.Add(packets, bytes);
        nicInterface.CountReceived(packets);
    }

    /// <summary>Counts packets that the device lost since the previous reading.</summary>
    /// <param name="loss">How they were lost.</param>
    /// <param name="packets">The increase, not the device's own running total.</param>
    /// <param name="bytes">Their bytes, where they are known. Only accounts of copies have them.</param>
    public void CountLost(DeviceLoss loss, long packets, long bytes = 0)
    {
        if (copies is not null) copies.Dropped(DropReason.SlowReader, packets, bytes);
        else Interlocked.Add(ref _lost[(int)loss], packets);
    }
}
