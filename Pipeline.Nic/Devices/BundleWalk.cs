using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices;

/// <summary>Goes through a source's packets on the caller's thread, without a pipeline: for commands that only look at packets.</summary>
public static class BundleWalk
{
    private const int BundlePackets = 256;

    /// <summary>
    /// Reads a device on the calling thread. The thread waits while the source has nothing. For tools that look at packets without a
    /// pipeline.
    /// </summary>
    /// <param name="nic">Read queue by queue, to the end or until the visitor has seen enough. It is not disposed.</param>
    /// <param name="visit">Gets each bundle, which is gone afterwards. Returns whether to go on.</param>
    /// <exception cref="CaptureFormatException">The capture is broken; every packet before the fault has been visited.</exception>
    /// <exception cref="IOException">The source could not be read, or is down: nobody waits here until it comes back.</exception>
    public static void Through(INic nic, Func<PageBundle, bool> visit)
    {
        var bundles = new BundlePool(BundlePackets);
        var account = new Ledger().AddAccount("walk", AccountKind.Stage);
        using var ready = new ManualResetEventSlim();
        foreach (var queue in nic.Queues)
        {
            if (!Through(queue, bundles, account, ready, visit)) return;
        }
    }

    private static bool Through(
        INicQueue queue, BundlePool bundles, PacketAccount account, ManualResetEventSlim ready, Func<PageBundle, bool> visit)
    {
        if (!queue.TryOpen()) throw Gone(queue);
        while (true)
        {
            using var bundle = bundles.Rent(queue.DeviceShare, account, NicInterface.Unknown);
            var status = queue.Receive(bundle);
            if (!bundle.IsEmpty && !visit(bundle)) return false;
            if (status == ReceiveStatus.End) return true;
            if (status == ReceiveStatus.Down) throw Gone(queue);
            if (status == ReceiveStatus.Empty) Await(queue, ready);
        }
    }

    private static IOException Gone(INicQueue queue) => new($"{queue.Name}: {queue.Trouble}");

    private static void Await(INicQueue queue, ManualResetEventSlim ready)
    {
        ready.Reset();
        queue.WakeWhenReady(ready.Set);
        ready.Wait();
    }
}
