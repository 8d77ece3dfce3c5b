using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Tests.Pages;

/// <summary>A small pool with many packets to a page, used as a device that reads a file uses it.</summary>
internal sealed class ManyPacketPages(int pages = 4, int bundlePackets = 8) : IDisposable
{
    private const int PacketBytes = 16;
    private BlockPagePool? _pool;

    public PoolAudit Audit { get; } = new();

    public BlockPagePool Pool => _pool ??= new BlockPagePool("pcap:0", 1024, pages, Audit);

    public BundlePool Bundles { get; } = new(bundlePackets);

    public int Rent() => Pool.TryRent(out var page) ? page : throw new InvalidOperationException("The test's pool is too small.");

    /// <summary>A bundle with packets of a page that is out, charged to the share.</summary>
    public PageBundle Bundle(PageShare share, PacketAccount account, int page, int packets)
    {
        var bundle = Bundles.Rent(share, account, NicInterface.Unknown);
        share.Take(page, packets);
        for (var i = 0; i < packets; i++) bundle.Append(new Packet { Offset = Pool.OffsetOf(page) + (uint)(i * PacketBytes), CapturedLength = PacketBytes });
        return bundle;
    }

    public PageBundle Bundle(PageShare share, int page, int packets) => Bundle(share, new PacketAccount("test", AccountKind.Stage), page, packets);

    public void Dispose() => Pool.Dispose();
}
