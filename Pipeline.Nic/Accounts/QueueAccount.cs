using Pipeline.Nic.Pages;

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

    public void CountReceived(PageBundle bundle)
    {
        _received.Add(bundle.Count, bundle.Bytes);
        bundle.Interface.CountReceived(bundle.Count);
        Interlocked.Increment(ref _bundles);
    }

    public void CountLost(DeviceLoss loss, long packets) => Interlocked.Add(ref _lost[(int)loss], packets);
}
