using Pipeline.Benchmarks.Captures;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;

namespace Pipeline.Benchmarks.Micro;

/// <summary>
/// Generated packets of 60 bytes in one page that stays out, and bundles of them. The usual 4096 fit into the second-level cache; cold
/// ones lie apart as if each had a page of its own, and are more than any cache holds.
/// </summary>
internal sealed class PacketStock : IDisposable
{
    public const int Packets = 4096;
    public const int BundlePackets = 64;
    public const int Bundles = Packets / BundlePackets;

    private const int ColdPackets = 262_144;

    private const int SlotBytes = 64;
    private const int ColdSlotBytes = 2048;

    private readonly BundlePool _bundles = new(BundlePackets);
    private readonly NicInterface _wire = new(0, "wire0", LinkType.Ethernet, 0);
    private readonly Packet[] _packets;
    private readonly int _slotBytes;
    private readonly int _page;

    /// <param name="markOf">The mark of a packet of which the bytes are given.</param>
    public PacketStock(Func<byte[], uint>? markOf = null)
        : this(Packets, SlotBytes, markOf)
    {
    }

    private PacketStock(int packets, int slotBytes, Func<byte[], uint>? markOf)
    {
        _packets = new Packet[packets];
        _slotBytes = slotBytes;
        Pool = new BlockPagePool("stock", packets * slotBytes, 2);
        if (!Pool.TryRent(out _page)) throw new InvalidOperationException("A new pool has no page.");
        var generator = new CaptureGenerator(PacketMix.Small, seed: 1);
        for (var i = 0; i < packets; i++) _packets[i] = Put(i, generator.NextPacket(i).ToArray(), markOf);
    }

    public static PacketStock Cold() => new(ColdPackets, ColdSlotBytes, null);

    public BlockPagePool Pool { get; }

    public PacketAccount Account { get; } = new("benchmark", AccountKind.Consumer);

    /// <summary>A bundle of the stock's packets, by its place; the caller disposes it.</summary>
    public PageBundle Rent(int place)
    {
        var bundle = _bundles.Rent(Pool.Device, Account, _wire);
        Pool.Device.Take(_page, BundlePackets);
        bundle.Append(_packets.AsSpan(place * BundlePackets, BundlePackets));
        return bundle;
    }

    /// <summary>All of the stock, once.</summary>
    public PageBundle[] RentAll() => [.. Enumerable.Range(0, _packets.Length / BundlePackets).Select(Rent)];

    public void Dispose()
    {
        Pool.ReleaseFilled(_page);
        Pool.Dispose();
    }

    private Packet Put(int place, byte[] bytes, Func<byte[], uint>? markOf)
    {
        bytes.CopyTo(Pool.PageMemory(_page)[(place * _slotBytes)..]);
        return new Packet
        {
            Offset = Pool.OffsetOf(_page) + (uint)(place * _slotBytes),
            CapturedLength = bytes.Length,
            WireLength = (uint)bytes.Length,
            TimestampNanoseconds = place,
            Mark = markOf?.Invoke(bytes) ?? 0,
        };
    }
}
