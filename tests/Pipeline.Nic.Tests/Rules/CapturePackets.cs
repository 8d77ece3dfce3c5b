using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

/// <summary>Goes over the packets of a capture of the corpus, bundle by bundle.</summary>
internal static class CapturePackets
{
    private const int BundlePackets = 1024;

    /// <param name="file">A name in the corpus.</param>
    /// <param name="visit">Given each bundle and the 1-based number of its first packet.</param>
    /// <returns>The capture's interfaces.</returns>
    public static IReadOnlyList<NicInterface> Visit(string file, Action<PageBundle, int> visit) => VisitFile(Corpus.CapturePath(file), visit);

    /// <inheritdoc cref="Visit"/>
    /// <param name="path">A capture anywhere.</param>
    public static IReadOnlyList<NicInterface> VisitFile(string path, Action<PageBundle, int> visit)
    {
        using var nic = CaptureFileNic.Open(path, 1 << 20, 4);
        var queue = nic.Queues[0];
        var bundles = new BundlePool(BundlePackets);
        var account = new PacketAccount("test", AccountKind.Consumer);
        for (var number = 1; ;)
        {
            using var bundle = bundles.Rent(queue.DeviceShare, account, NicInterface.Unknown);
            var status = queue.Receive(bundle);
            if (status == ReceiveStatus.End) return nic.Interfaces;
            Assert.Equal(ReceiveStatus.Received, status);
            visit(bundle, number);
            number += bundle.Count;
        }
    }
}
