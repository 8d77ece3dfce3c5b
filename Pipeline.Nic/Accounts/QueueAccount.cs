namespace Pipeline.Nic.Accounts;

/// <summary>
/// What one NIC queue took in. Written by the queue's thread alone, readable by anyone.
/// </summary>
/// <param name="name">The queue's.</param>
/// <param name="passedByDevice">
/// Reads what the device itself left to the normal stack of what came in on the queue; null where it leaves nothing. Called by whoever
/// reads the account, so that it is up to date also while the queue has nothing to take and sleeps.
/// </param>
public sealed class QueueAccount(string name, Func<PacketTally>? passedByDevice = null)
{
    private readonly long[] _lost = new long[Enum.GetValues<DeviceLoss>().Length];
    private PacketCounter _received;
    private long _bundles;

    public string Name { get; } = name;

    /// <summary>What came in bundles, without what the device passed.</summary>
    public PacketTally Received => _received.Read();

    /// <summary>What the device left to the normal stack by itself: received and passed at once.</summary>
    public PacketTally PassedByDevice => passedByDevice?.Invoke() ?? default;

    public long Bundles => Interlocked.Read(ref _bundles);

    public long Lost(DeviceLoss loss) => Interlocked.Read(ref _lost[(int)loss]);

    /// <summary>Counts one bundle.</summary>
    /// <param name="nicInterface">Where its packets came in.</param>
    /// <param name="packets">How many.</param>
    /// <param name="bytes">Their captured bytes.</param>
    public void CountReceived(NicInterface nicInterface, int packets, long bytes)
    {
        _received.Add(packets, bytes);
        nicInterface.CountReceived(packets);
        Interlocked.Increment(ref _bundles);
    }

    public void CountLost(DeviceLoss loss, long packets) => Interlocked.Add(ref _lost[(int)loss], packets);
}
