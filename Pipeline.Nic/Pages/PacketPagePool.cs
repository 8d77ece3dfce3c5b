namespace Pipeline.Nic.Pages;

/// <summary>
/// A pool with one packet per page: AF_XDP chunks, the simulated NIC, a route's own copies.
/// Nearly all pages are in one bundle only. Such a page costs no interlocked operation: bundles are charged and returned whole.
/// </summary>
public sealed class PacketPagePool : PagePool
{
    private readonly int[] _sharers;

    /// <inheritdoc cref="PagePool(string, int, int, PoolAudit)"/>
    public PacketPagePool(string name, int pageSize, int pageCount, PoolAudit? audit = null)
        : base(name, pageSize, pageCount, audit ?? PoolAudit.ForTests())
    {
        _sharers = new int[pageCount];
        Device = new PageShare(this, "device:" + name, pageCount, MostDeviceBundles);
    }

    /// <summary>
    /// The share that packets have between device and router. It never refuses a page. While it has all its bundles out, the device is not
    /// polled.
    /// </summary>
    public PageShare Device { get; }

    /// <summary>The number of pages.</summary>
    public override long MaxPacketsInFlight => PageCount;

    /// <summary>True.</summary>
    public override bool HasOnePacketToAPage => true;

    /// <summary>Returns a page that no bundle got. A device calls it for its own pages after a fault or at the end.</summary>
    public void ReturnUnused(int page) => ReturnPages([page]);

    /// <inheritdoc/>
    public override int EndOfStretch(ReadOnlySpan<Packet> packets, int start, int most) => Math.Min(packets.Length, start + most);

    /// <summary>Descriptors that are appended afterwards carry <see cref="PacketFlags.SharedPage"/> where there are several.</summary>
    public override void Share(ref Packet packet, int bundles)
    {
        if (bundles == 0)
        {
            ReturnUnused(PageOf(packet.Offset));
            return;
        }

        if (bundles == 1) return;
        packet.Flags |= PacketFlags.SharedPage;
        Volatile.Write(ref _sharers[PageOf(packet.Offset)], bundles);
    }

    internal override void GiveBack(ReadOnlySpan<Packet> packets, PageShare share)
    {
        Span<int> home = stackalloc int[64];
        var count = 0;
        foreach (ref readonly var packet in packets)
        {
            var page = PageOf(packet.Offset);
            if (packet.Has(PacketFlags.SharedPage) && Interlocked.Decrement(ref _sharers[page]) > 0) continue;
            home[count++] = page;
            if (count < home.Length) continue;
            ReturnPages(home);
            count = 0;
        }

        ReturnPages(home[..count]);
        share.Discharge(packets.Length);
    }

    internal override void AddHolder(int page) => throw OneHolder();

    internal override void ReleaseHolder(int page) => throw OneHolder();

    /// <inheritdoc/>
    /// <remarks>Where no page is shared, the bundle goes home as it is with its pages.</remarks>
    internal override void GiveBack(PageBundle bundle, PageShare share)
    {
        var pages = bundle.Count;
        if (pages == 0 || bundle.HasSharedPages)
        {
            base.GiveBack(bundle, share);
            return;
        }

        ReturnBundle(bundle);
        share.Discharge(pages);
    }

    private InvalidOperationException OneHolder() => new($"Pages of {Name} hold one packet; nobody counts their holders.");
}
