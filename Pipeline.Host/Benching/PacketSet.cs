using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;

namespace Pipeline.Host.Benching;

/// <summary>
/// Packets in memory, and a few bundles that cycle over them, as a queue's do. Descriptors are always in the cache; packets are only when
/// the set is small.
/// </summary>
internal sealed class PacketSet : IDisposable
{
    public const int BundlePackets = 64;
    private const int Bundles = 8;

    /// <summary>
    /// The number of hot packets. They lie one after the other, as in a file, and all of them stay in a second-level cache.
    /// </summary>
    private const int HotPackets = 4096;

    /// <summary>Bytes from one cold packet to the next, as with a device that has a page for each packet.</summary>
    private const int ColdStride = 2048;

    private const long MostBytes = 512 << 20;

    private readonly BlockPagePool _pool;
    private readonly PageBundle[] _bundles;
    private readonly int _page;
    private readonly int _packets;
    private readonly int _stride;
    private int _at;

    private PacketSet(BenchRules rules, int packets, int stride)
    {
        (_packets, _stride) = (packets, stride);
        _pool = new BlockPagePool("bench", packets * stride, 1);
        if (!_pool.TryRent(out _page)) throw new InvalidOperationException("A new pool has no page.");
        for (var i = 0; i < packets; i++) rules.Next(_pool.PageMemory(_page).Slice(i * stride, BenchRules.PacketBytes));
        var bundles = new BundlePool(BundlePackets);
        var account = new PacketAccount("bench", AccountKind.Consumer);
        var wire = new NicInterface(0, "bench", LinkType.Ethernet, 0);
        _bundles = [.. Enumerable.Range(0, Bundles).Select(_ => Filled(bundles.Rent(_pool.Device, account, wire)))];
    }

    public int Count => _packets;

    public long Bytes => (long)_packets * _stride;

    /// <summary>Packets that <see cref="Next"/> gives at a time.</summary>
    public static int Batch => Bundles * BundlePackets;

    public static PacketSet Hot(BenchRules rules) => new(rules, HotPackets, BenchRules.PacketBytes);

    /// <summary>Packets that exceed the last-level cache by far, unless that cache is larger than the limit.</summary>
    /// <param name="mostBytes">The most bytes that they may take.</param>
    public static PacketSet Cold(BenchRules rules, long mostBytes = MostBytes)
    {
        var bytes = Math.Min(mostBytes, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Machine.LastLevelCacheBytes() * 16));
        return new(rules, (int)(bytes / ColdStride), ColdStride);
    }

    /// <summary>The next packets, in bundles. After the last packet it continues with the first.</summary>
    public ReadOnlySpan<PageBundle> Next()
    {
        foreach (var bundle in _bundles)
        {
            foreach (ref var packet in bundle.Packets)
            {
                packet.Offset = _pool.OffsetOf(_page) + (uint)(_at * _stride);
                _at = (_at + 1) % _packets;
            }
        }

        return _bundles;
    }

    public void Dispose()
    {
        foreach (var bundle in _bundles) bundle.Dispose();
        _pool.ReleaseFilled(_page);
        _pool.Dispose();
    }

    private PageBundle Filled(PageBundle bundle)
    {
        _pool.Device.Take(_page, BundlePackets);
        for (var i = 0; i < BundlePackets; i++)
            bundle.Append(new Packet { Offset = _pool.OffsetOf(_page), CapturedLength = BenchRules.PacketBytes, WireLength = BenchRules.PacketBytes });
        return bundle;
    }
}
