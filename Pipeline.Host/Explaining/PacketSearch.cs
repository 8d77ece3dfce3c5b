using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;

namespace Pipeline.Host.Explaining;

/// <summary>Finds a packet by its number.</summary>
internal static class PacketSearch
{
    private const int BundlePackets = 256;

    public delegate T Look<out T>(NicInterface nicInterface, in Packet packet, ReadOnlySpan<byte> bytes);

    /// <param name="nic">Read up to the packet; not disposed.</param>
    /// <param name="number">1 for the first.</param>
    /// <param name="look">Called once, with bytes that are gone afterwards.</param>
    /// <exception cref="UsageException">There are fewer packets.</exception>
    /// <exception cref="CaptureFormatException">The capture is broken in front of it.</exception>
    public static T Find<T>(INic nic, long number, Look<T> look)
    {
        var queue = nic.Queues[0];
        var bundles = new BundlePool(BundlePackets);
        var account = new Ledger().AddAccount("explain", AccountKind.Stage);
        using var ready = new ManualResetEventSlim();
        for (long before = 0; ;)
        {
            using var bundle = bundles.Rent(queue.DeviceShare, account, NicInterface.Unknown);
            var status = queue.Receive(bundle);
            if (number - before <= bundle.Count) return At(bundle, (int)(number - before - 1), look);
            before += bundle.Count;
            if (status == ReceiveStatus.End) throw new UsageException($"-n {number}: {nic.Name} has {before} packets");
            if (status == ReceiveStatus.Empty) Await(queue, ready);
        }
    }

    private static T At<T>(PageBundle bundle, int index, Look<T> look)
    {
        ref var packet = ref bundle.Packets[index];
        return look(bundle.Interface, packet, bundle.BytesOf(packet));
    }

    private static void Await(INicQueue queue, ManualResetEventSlim ready)
    {
        ready.Reset();
        queue.WakeWhenReady(ready.Set);
        ready.Wait();
    }
}
