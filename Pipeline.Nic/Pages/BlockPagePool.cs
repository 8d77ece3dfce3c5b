namespace Pipeline.Nic.Pages;

/// <summary>
/// A pool whose pages hold many packets each: chunks of a file, TPACKET blocks.
/// A page is free when its last holder lets go. Its holders are the device that fills it and every <see cref="PageShare"/> that has packets
/// of it.
/// </summary>
public sealed class BlockPagePool : PagePool
{
    /// <summary>The smallest packet record of any source: a pcap record header with no bytes (16).</summary>
    private const int SmallestRecordBytes = 16;

    private readonly int[] _holders;

    /// <inheritdoc cref="PagePool(string, int, int, PoolAudit)"/>
    public BlockPagePool(string name, int pageSize, int pageCount, PoolAudit? audit = null)
        : base(name, pageSize, pageCount, audit ?? PoolAudit.ForTests())
    {
        _holders = new int[pageCount];
        Device = new PageShare(this, "device:" + name, pageCount, MostDeviceBundles);
    }

    /// <inheritdoc cref="PagePool(string, int, PageRegion, PoolAudit)"/>
    internal BlockPagePool(string name, int pageSize, PageRegion region, PoolAudit? audit = null)
        : base(name, pageSize, region, audit ?? PoolAudit.ForTests())
    {
        _holders = new int[PageCount];
        Device = new PageShare(this, "device:" + name, PageCount, MostDeviceBundles);
    }

    /// <summary>
    /// The share that packets have between device and router. It never refuses a page. While it has all its bundles out, the device is not
    /// polled.
    /// </summary>
    public PageShare Device { get; }

    /// <summary>
    /// The number that would be in flight if all pages were full of the smallest records. It is far more than there ever are.
    /// </summary>
    public override long MaxPacketsInFlight => (long)PageCount * (PageSize / SmallestRecordBytes);

    /// <summary>False.</summary>
    public override bool HasOnePacketToAPage => false;

    /// <summary>The page's device writes descriptors through it.</summary>
    internal unsafe FilledPage Filled => new(RegionFor([]));

    /// <summary>Lets go of a page that the device has filled and handed out packets of. Only for the page's device.</summary>
    public void ReleaseFilled(int page) => ReleaseHolder(page);

    internal override void AddHolder(int page) => Interlocked.Increment(ref _holders[page]);

    internal override void ReleaseHolder(int page)
    {
        var left = Interlocked.Decrement(ref _holders[page]);
        if (left < 0) throw new InvalidOperationException($"Page {page} of pool {Name} was returned once more than it was taken.");
        if (left == 0) ReturnPages([page]);
    }

    /// <inheritdoc/>
    public override int EndOfStretch(ReadOnlySpan<Packet> packets, int start, int most) =>
        start + RunOf(PageOf(packets[start].Offset), packets[start..]);

    internal override void GiveBack(ReadOnlySpan<Packet> packets, PageShare share)
    {
        while (!packets.IsEmpty)
        {
            var page = PageOf(packets[0].Offset);
            var run = RunOf(page, packets);
            share.Release(page, run);
            packets = packets[run..];
        }
    }

    /// <summary>
    /// Returns how many packets in a row lie in the page. The packets of a page are adjacent in a bundle, so if the last packet lies in the
    /// page, all before it do.
    /// </summary>
    private int RunOf(int page, ReadOnlySpan<Packet> packets)
    {
        if (PageOf(packets[^1].Offset) == page) return packets.Length;
        var run = 1;
        while (PageOf(packets[run].Offset) == page) run++;
        return run;
    }

    private protected override void OnRented(int page) => _holders[page] = 1;
}
