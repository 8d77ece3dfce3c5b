using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Links;

/// <summary>The pages and bundles of a node that sends: a pool with many packets to a page. For the test's thread.</summary>
internal sealed class BlockOrigin(int pages = 1024, int pageBytes = 1024, int bundlePackets = 64) : IDisposable
{
    private readonly BundlePool _bundles = new(bundlePackets);
    private int _page = -1;
    private int _used;

    public BlockPagePool Pool { get; } = new("origin", pageBytes, pages);

    /// <summary>A bundle whose packets lie in one page or several, which it has in common with the bundles before and after it.</summary>
    /// <param name="length">Of each packet, 1 or more: one without bytes could lie behind its page's end.</param>
    public PageBundle Bundle(PacketAccount account, Chance chance, int packets, Func<int> length)
    {
        var bundle = _bundles.Rent(Pool.Device, account, NicInterface.Unknown);
        for (var i = 0; i < packets; i++)
        {
            var bytes = length();
            if (_page < 0 || _used + bytes > Pool.PageSize) Renew();
            for (var b = 0; b < bytes; b++) Pool.PageMemory(_page)[_used + b] = (byte)chance.Next();
            bundle.Share.Take(_page, 1);
            bundle.Append(new Packet { Offset = Pool.OffsetOf(_page) + (uint)_used, CapturedLength = bytes, WireLength = (uint)bytes });
            _used += bytes;
        }

        return bundle;
    }

    /// <summary>Lets go of the page that is being filled.</summary>
    public void Finish()
    {
        if (_page >= 0) Pool.ReleaseFilled(_page);
        _page = -1;
    }

    public void Dispose()
    {
        Finish();
        Pool.Dispose();
    }

    private void Renew()
    {
        Finish();
        Patiently.Await(() => Pool.TryRent(out _page));
        _used = 0;
    }
}
