using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>
/// A device worked by hand: bundles of packets with chosen marks, out of a pool of either kind, counted as received. Packets are
/// numbered over its whole life, and their timestamp is their number.
/// </summary>
internal sealed class PacketSource : IDisposable
{
    public const int PacketBytes = 64;

    public static readonly NicInterface Wire = new(0, "wire0", LinkType.Ethernet, 0);

    private readonly PageShare _device;
    private readonly BundlePool _bundles;
    private MarkedByDevice? _marked;
    private int _page;
    private int _used;
    private long _made;

    private PacketSource(PagePool pool, PageShare device, int bundlePackets)
    {
        Pool = pool;
        _device = device;
        _bundles = new BundlePool(bundlePackets);
        Received = Ledger.AddQueue(pool.Name);
        Lost = Ledger.AddAccount("source", AccountKind.Stage);
        Ledger.AddPool(pool);
    }

    public PagePool Pool { get; }

    public Ledger Ledger { get; } = new();

    public QueueAccount Received { get; }

    /// <summary>Where bundles are counted that were never routed.</summary>
    public PacketAccount Lost { get; }

    public static PacketSource ManyToAPage(int pages = 8, int packetsToAPage = 4, int bundlePackets = 64)
    {
        var pool = new BlockPagePool("many:0", packetsToAPage * PacketBytes, pages, new PoolAudit());
        return new PacketSource(pool, pool.Device, bundlePackets);
    }

    public static PacketSource OneToAPage(int pages = 64, int bundlePackets = 64)
    {
        var pool = new PacketPagePool("one:0", PacketBytes, pages, new PoolAudit());
        return new PacketSource(pool, pool.Device, bundlePackets);
    }

    /// <summary>A bundle with a packet for each mark. Every bundle begins a page of its own and leaves its last one behind.</summary>
    public PageBundle Bundle(params uint[] marks) => Bundle(Wire, 1, marks);

    public PageBundle Bundle(NicInterface from, int generation, params uint[] marks)
    {
        var bundle = Open(from, generation);
        foreach (var mark in marks) Append(bundle, [], mark);
        return Close(bundle);
    }

    /// <summary>A bundle of packets with these bytes, at most 64 of them to a packet.</summary>
    public PageBundle BundleOf(params byte[][] packets)
    {
        var bundle = Open(Wire, 1);
        foreach (var bytes in packets) Append(bundle, bytes, 0);
        return Close(bundle);
    }

    /// <summary>The same with a mark each, marked by rules of a generation.</summary>
    public PageBundle BundleOf(int generation, params (uint Mark, byte[] Bytes)[] packets)
    {
        var bundle = Open(Wire, generation);
        foreach (var (mark, bytes) in packets) Append(bundle, bytes, mark);
        return Close(bundle);
    }

    /// <summary>An empty bundle, for tests to which only its identity matters.</summary>
    public PageBundle Empty(long sequence)
    {
        var bundle = Open(Wire, 1);
        bundle.Sequence = sequence;
        return bundle;
    }

    public void Dispose() => Pool.Dispose();

    private PageBundle Open(NicInterface from, int generation)
    {
        _page = -1;
        var bundle = _bundles.Rent(_device, Lost, from);
        if (_marked?.Generation != generation) _marked = new MarkedByDevice(generation, 0);
        bundle.MarkedBy = generation == 0 ? null : _marked;
        return bundle;
    }

    private void Append(PageBundle bundle, ReadOnlySpan<byte> bytes, uint mark)
    {
        if (_page < 0 || _used + PacketBytes > Pool.PageSize) NextPage();
        var memory = Pool.PageMemory(_page).Slice(_used, PacketBytes);
        memory.Clear();
        bytes.CopyTo(memory);
        _device.Take(_page, 1);
        bundle.Append(new Packet
        {
            Offset = Pool.OffsetOf(_page) + (uint)_used,
            CapturedLength = bytes.IsEmpty ? PacketBytes : bytes.Length,
            WireLength = PacketBytes,
            TimestampNanoseconds = _made++,
            Mark = mark,
            Flags = PacketFlags.Selected,
        });
        _used += PacketBytes;
    }

    private PageBundle Close(PageBundle bundle)
    {
        LeavePage();
        Received.CountReceived(bundle.Interface, bundle.Count, bundle.Bytes);
        return bundle;
    }

    private void NextPage()
    {
        LeavePage();
        if (!Pool.TryRent(out _page)) throw new InvalidOperationException("The test's pool is too small.");
        _used = 0;
    }

    private void LeavePage()
    {
        if (_page >= 0) (Pool as BlockPagePool)?.ReleaseFilled(_page);
        _page = -1;
    }
}
