using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Tests.Headers;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

public sealed class PendingChecksumInFilesTests : IDisposable
{
    private const long Time = 1_700_000_000_000_000_000;

    // 1420 is the sum of the pseudo header. tshark calls d798 good.
    private static readonly byte[] Pending = Bytes.Of(
        "020000000001 020000000002 0800 45000020 00000000 4011 66cb 0a000001 0a000002", "1000 0035 000c 1420 01020304");

    private static readonly byte[] Completed = Bytes.Of(
        "020000000001 020000000002 0800 45000020 00000000 4011 66cb 0a000001 0a000002", "1000 0035 000c d798 01020304");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.pcapng", 0)]
    [InlineData("a.pcap", 0)]
    [InlineData("a.pcapng", 41)]
    [InlineData("a.pcap", 41)]
    [InlineData("a.pcapng", 30)]
    public void A_pending_checksum_is_completed_in_the_file_and_not_in_the_page(string name, int snapLength)
    {
        using var feed = new PacketFeed();
        using var consumer = new CaptureConsumer(new CaptureOptions { Path = _folder[name], SnapLength = snapLength });
        var seen = new BytesSeen(consumer);

        feed.Give(seen, new SentPacket(Pending, Time, Flags: PacketFlags.ChecksumPending), new SentPacket(Pending, Time));
        consumer.Complete();

        var length = snapLength == 0 ? Pending.Length : snapLength;
        Assert.Equal([Completed[..length], Pending[..length]], Read(_folder[name]));
        Assert.Equal([Pending, Pending], seen.After);
    }

    private static List<byte[]> Read(string path)
    {
        var all = new List<byte[]>();
        using var nic = CaptureFileNic.Open(path);
        ReadBack.Each(nic, null, bundle =>
        {
            foreach (ref readonly var packet in bundle.Packets) all.Add(bundle.BytesOf(packet).ToArray());
        });
        return all;
    }

    /// <summary>Looks at the packets once the consumer has had them.</summary>
    private sealed class BytesSeen(IPacketConsumer inner) : IPacketConsumer
    {
        public List<byte[]> After { get; } = [];

        public void Consume(scoped PacketBatch batch)
        {
            inner.Consume(batch);
            foreach (ref readonly var packet in batch.Packets) After.Add(batch.BytesOf(packet).ToArray());
        }

        public void Flush() => inner.Flush();

        public void Complete() => inner.Complete();

        public void Dispose()
        {
        }
    }
}
