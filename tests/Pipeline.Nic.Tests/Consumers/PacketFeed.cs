using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>
/// Gives packets to a consumer the way the pipeline does, and on disposal checks that every page is home and every packet has its fate.
/// </summary>
internal sealed class PacketFeed : IDisposable
{
    private const int PageBytes = 512 * 1024;
    private const int BundlePackets = 8;

    private readonly PacketPagePool _pool = new("feed", PageBytes, 16, new PoolAudit());
    private readonly BundlePool _bundles = new(BundlePackets);
    private PacketTally _received;

    public NicInterface Ethernet { get; } = new(0, "eth0", LinkType.Ethernet, 0);

    public PacketAccount Account { get; } = new("capture", AccountKind.Consumer);

    public PacketTally Delivered => Account.DeliveredTally;

    public PacketTally OutputErrors => Account.DroppedTally(DropReason.OutputError);

    /// <summary>A packet of so many bytes, each the low byte of its position plus the second of its time.</summary>
    public static SentPacket Sized(int length, long timestamp = 1_700_000_000_123_456_789) =>
        new([.. Enumerable.Range(0, length).Select(i => (byte)(i + (timestamp / 1_000_000_000)))], timestamp);

    public void Give(IPacketConsumer consumer, params SentPacket[] packets) => Give(consumer, Ethernet, packets);

    public void Give(IPacketConsumer consumer, NicInterface from, params SentPacket[] packets)
    {
        foreach (var some in packets.Chunk(BundlePackets)) GiveBundle(consumer, from, Account, some, null);
    }

    public void GiveAs(PacketAccount account, IPacketConsumer consumer, params SentPacket[] packets)
    {
        foreach (var some in packets.Chunk(BundlePackets)) GiveBundle(consumer, Ethernet, account, some, null);
    }

    /// <summary>Classifies the packets first.</summary>
    public void Give(IPacketConsumer consumer, MarkTable table, params SentPacket[] packets)
    {
        foreach (var some in packets.Chunk(BundlePackets)) GiveBundle(consumer, Ethernet, Account, some, table);
    }

    /// <summary>Classifies the packets first, of the interface that they came in on.</summary>
    public void Give(IPacketConsumer consumer, MarkTable table, NicInterface from, params SentPacket[] packets)
    {
        foreach (var some in packets.Chunk(BundlePackets)) GiveBundle(consumer, from, Account, some, table);
    }

    public void Dispose()
    {
        var settled = Delivered + OutputErrors;
        var held = Account.Held;
        var outstanding = _pool.Outstanding;
        _pool.Dispose();
        Assert.Equal(default, held);
        Assert.Equal(_received, settled);
        Assert.Equal(0, outstanding);
    }

    private void GiveBundle(IPacketConsumer consumer, NicInterface from, PacketAccount account, SentPacket[] packets, MarkTable? table)
    {
        var bundle = _bundles.Rent(_pool.Device, account, from);
        foreach (var packet in packets) Append(bundle, packet);
        table?.Classify(bundle, new RuleCounters(table.Rules.Rules.Count));
        from.CountReceived(bundle.Count);
        if (account == Account) _received = _received.Plus(bundle.Count, bundle.Bytes);
        try
        {
            consumer.Consume(new PacketBatch(bundle));
        }
        catch (OutputException)
        {
            bundle.SettleDropped(DropReason.OutputError);
            throw;
        }
        finally
        {
            bundle.Dispose();
        }
    }

    private void Append(PageBundle bundle, SentPacket sent)
    {
        Assert.True(_pool.TryRent(out var page));
        _pool.Device.Take(page, 1);
        sent.Bytes.CopyTo(_pool.PageMemory(page));
        bundle.Append(new Packet
        {
            Offset = _pool.OffsetOf(page),
            CapturedLength = sent.Bytes.Length,
            WireLength = sent.WireLength ?? (uint)sent.Bytes.Length,
            TimestampNanoseconds = sent.Timestamp,
            Flags = sent.Flags | (sent.Timestamp == 0 ? PacketFlags.NoTimestamp : PacketFlags.None),
        });
    }
}

/// <param name="Timestamp">Nanoseconds since 1970; 0 for none.</param>
/// <param name="WireLength">Null when it is what was captured.</param>
internal sealed record SentPacket(byte[] Bytes, long Timestamp, uint? WireLength = null, PacketFlags Flags = PacketFlags.None);
