using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Tests.Pages;

/// <summary>A small pool with one packet to a page, and bundles filled from it as a device does.</summary>
internal sealed class OnePacketPages(int pages = 64, int bundlePackets = 16) : IDisposable
{
    public PacketPagePool Pool { get; } = new("sim:0", 2048, pages, new PoolAudit());

    public BundlePool Bundles { get; } = new(bundlePackets);

    public Ledger Ledger { get; } = new();

    public PageBundle Receive(NicInterface from, PacketAccount account, params byte[][] packets)
    {
        var bundle = Bundles.Rent(Pool.Device, account, from);
        foreach (var bytes in packets) Append(bundle, bytes);
        return bundle;
    }

    public void Append(PageBundle bundle, ReadOnlySpan<byte> bytes, uint? wireLength = null)
    {
        if (!Pool.TryRent(out var page)) throw new InvalidOperationException("The test's pool is too small.");
        bytes.CopyTo(Pool.PageMemory(page));
        bundle.Share.Take(page, 1);
        bundle.Append(new Packet { Offset = Pool.OffsetOf(page), CapturedLength = bytes.Length, WireLength = wireLength ?? (uint)bytes.Length });
    }

    /// <summary>A bundle with one packet whose page is out, charged to the share.</summary>
    public PageBundle BundleOf(PageShare share, int page, in Packet packet)
    {
        var bundle = Bundles.Rent(share, new PacketAccount("test", AccountKind.Stage), NicInterface.Unknown);
        share.Take(page, 1);
        bundle.Append(packet);
        return bundle;
    }

    public void Dispose() => Pool.Dispose();
}
