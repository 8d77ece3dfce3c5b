using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Links;

/// <summary>The pages and bundles of a node that sends: a pool with one packet to a page. For the test's thread.</summary>
internal sealed class LinkOrigin(int pages = 4096, int pageBytes = 2048, int bundlePackets = 64, PoolAudit? audit = null) : IDisposable
{
    public PacketPagePool Pool { get; } = new("origin", pageBytes, pages, audit);

    public BundlePool Bundles { get; } = new(bundlePackets);

    public static NicInterface Ethernet(int index, string name) => new(index, name, LinkType.Ethernet, 65535) { FcsBytes = 4, IsBigEndian = index % 2 == 1 };

    /// <summary>A bundle of packets with bytes, times, marks, rules and flags by chance.</summary>
    public PageBundle Bundle(PacketAccount account, NicInterface from, Chance chance, int packets, Func<int> length, int generation = 0)
    {
        var bundle = Bundles.Rent(Pool.Device, account, from);
        if (generation != 0) bundle.MarkedBy = new Generations(generation);
        for (var i = 0; i < packets; i++) Append(bundle, chance, length());
        return bundle;
    }

    public PageBundle Bundle(PacketAccount account, int packets, int length) =>
        Bundle(account, NicInterface.Unknown, new Chance(1), packets, () => length);

    public void Dispose() => Pool.Dispose();

    private void Append(PageBundle bundle, Chance chance, int length)
    {
        var page = -1;
        Patiently.Await(() => Pool.TryRent(out page));
        var memory = Pool.PageMemory(page)[..length];
        for (var i = 0; i < length; i++) memory[i] = (byte)chance.Next();
        bundle.Share.Take(page, 1);
        bundle.Append(new Packet
        {
            TimestampNanoseconds = (long)chance.Next(), Offset = Pool.OffsetOf(page), CapturedLength = length, WireLength = (uint)(length + chance.Below(9)),
            Mark = (uint)chance.Next(), FlowHash = (uint)chance.Next(), Rule = chance.Below(Packet.MaxRules), Flags = (PacketFlags)chance.Below(16),
        });
    }

    private sealed class Generations(int generation) : MarkedBy
    {
        public override int Generation => generation;
    }
}
