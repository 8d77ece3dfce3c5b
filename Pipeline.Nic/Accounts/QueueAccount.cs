namespace Pipeline.Nic.Accounts;

/// <summary>
/// What one NIC queue took in. Written by the queue's thread alone, readable by anyone.
/// </summary>
public sealed class QueueAccount(string name)
{
    private readonly long[] _lost = new long[Enum.GetValues<DeviceLoss>().Length];
    private PacketCounter _received;
    private long _bundles;

    public string Name { get; } = name;

    public PacketTally Received => _received.Read();

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
