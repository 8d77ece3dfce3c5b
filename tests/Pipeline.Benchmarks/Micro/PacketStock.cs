using Pipeline.Benchmarks.Captures;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;

namespace Pipeline.Benchmarks.Micro;

/// <summary>4096 generated packets of 60 bytes in one page that stays out, and bundles of them: all of it fits the second-level cache.</summary>
internal sealed class PacketStock : IDisposable
{
    public const int Packets = 4096;
    public const int BundlePackets = 64;
    public const int Bundles = Packets / BundlePackets;

    private const int SlotBytes = 64;

    private readonly BundlePool _bundles = new(BundlePackets);
    private readonly NicInterface _wire = new(0, "wire0", LinkType.Ethernet, 0);
    private readonly Packet[] _packets = new Packet[Packets];
    private readonly int _page;

    /// <param name="markOf">The mark of a packet of which the bytes are given.</param>
    public PacketStock(Func<byte[], uint>? markOf = null)
    {
        Pool = new BlockPagePool("stock", Packets * SlotBytes, 2);
        if (!Pool.TryRent(out _page)) throw new InvalidOperationException("A new pool has no page.");
        var generator = new CaptureGenerator(PacketMix.Small, seed: 1);
        for (var i = 0; i < Packets; i++) _packets[i] = Put(i, generator.NextPacket(i).ToArray(), markOf);
    }

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
    public PageBundle[] RentAll() => [.. Enumerable.Range(0, Bundles).Select(Rent)];

    public void Dispose()
    {
        Pool.ReleaseFilled(_page);
        Pool.Dispose();
    }

    private Packet Put(int place, byte[] bytes, Func<byte[], uint>? markOf)
    {
        bytes.CopyTo(Pool.PageMemory(_page)[(place * SlotBytes)..]);
        return new Packet
        {
            Offset = Pool.OffsetOf(_page) + (uint)(place * SlotBytes),
            CapturedLength = bytes.Length,
            WireLength = (uint)bytes.Length,
            TimestampNanoseconds = place,
            Mark = markOf?.Invoke(bytes) ?? 0,
        };
    }
}
