using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Devices.Replay;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Tests.Devices.Replay;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.PcapFile;

/// <summary>
/// Packets of which no byte was captured, in captures of which several pages end with such a packet's header. Each page has
/// packets of other bytes, which must still be there when later pages have been read.
/// </summary>
public sealed class EmptyPacketTests
{
    private const int PageBytes = CaptureFileNic.SmallestPageBytes;
    private const int CapturePages = 6;
    private const uint Micros = 0xa1b2c3d4, Nanos = 0xa1b23c4d, Modified = 0xa1b2cd34;
    private const uint Obsolete = 2, Simple = 3, Enhanced = 6;

    [Theory]
    [InlineData(Micros, false)]
    [InlineData(Micros, true)]
    [InlineData(Nanos, false)]
    [InlineData(Modified, false)]
    [InlineData(Modified, true)]
    public void A_record_whose_header_ends_a_page_leaves_the_pages_of_pcap_as_they_are(uint magic, bool bigEndian) =>
        AssertReadWhole(Pcap(magic, bigEndian));

    [Theory]
    [InlineData(Enhanced, false)]
    [InlineData(Enhanced, true)]
    [InlineData(Simple, false)]
    [InlineData(Simple, true)]
    [InlineData(Obsolete, false)]
    [InlineData(Obsolete, true)]
    public void A_block_without_bytes_that_ends_a_page_leaves_the_pages_of_pcapng_as_they_are(uint type, bool bigEndian) =>
        AssertReadWhole(Pcapng(type, bigEndian));

    [Fact]
    public void Replayed_by_their_times_they_leave_the_pages_as_they_are()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x"], Pcap(Micros, bigEndian: false));
        var time = new ManualTime();
        using var nic = new TimedReplayNic(CaptureFileNic.Open(folder["x"], PageBytes, 3), 1, time);
        var (queue, bundles, account) = (nic.Queues[0], new BundlePool(4), new PacketAccount("test", AccountKind.Consumer));
        var packets = 0;
        for (var status = ReceiveStatus.Received; status != ReceiveStatus.End; time.Advance(TimeSpan.FromSeconds(1)))
        {
            using var bundle = bundles.Rent(queue.DeviceShare, account, NicInterface.Unknown);
            status = queue.Receive(bundle);
            packets += bundle.Count;
        }

        Assert.Equal(2 * CapturePages, packets);
        Assert.Equal((0, 0), (queue.Pool.Outstanding, queue.DeviceShare.Charged));
    }

    [Fact]
    public void Nothing_but_empty_packets_is_read_to_its_end()
    {
        var capture = new CaptureBytes().PcapHeader();
        for (uint i = 0; i < 2000; i++) capture.PcapRecord(i, 0, []);

        var drained = Drained.Bytes(capture.ToArray());

        Assert.Null(drained.Error);
        Assert.Equal((2000, 2000), (drained.Packets.Count, drained.ZeroLength));
    }

    [Fact]
    public void A_packet_that_a_device_describes_outside_of_its_page_is_told()
    {
        using var pool = new BlockPagePool("test", 64, 2, new PoolAudit());
        Assert.True(pool.TryRent(out var page));
        using var bundle = new BundlePool(4).Rent(pool.Device, new PacketAccount("test", AccountKind.Consumer), NicInterface.Unknown);
        bundle.Room[0] = new Packet { Offset = pool.OffsetOf(page) + 60, CapturedLength = 5 };

        var error = Assert.Throws<InvalidOperationException>(() => bundle.AppendedFrom(page, 1, 5));

        Assert.Contains($"was found in page {page} of test, and does not lie in it", error.Message);
        pool.ReleaseFilled(page);
    }

    private static void AssertReadWhole(byte[] capture)
    {
        var small = Drained.Bytes(capture);
        var large = Drained.Bytes(capture, pageBytes: 64 * 1024);

        Assert.Null(small.Error);
        Assert.Equal((2 * CapturePages, CapturePages), (small.Packets.Count, small.ZeroLength));
        Assert.Equal(large.ContentsHash, small.ContentsHash);
    }

    private static byte[] Pcap(uint magic, bool bigEndian)
    {
        var header = magic == Modified ? 24 : 16;
        var capture = new CaptureBytes(bigEndian).PcapHeader(magic);
        for (uint page = 1; page <= CapturePages; page++)
        {
            Record((int)(page * PageBytes) - capture.Length - (2 * header));
            Record(0);
        }

        return capture.ToArray();

        void Record(int bytes) => capture.U32((uint)capture.Length / PageBytes).U32(0).U32((uint)bytes).U32(60).Raw(new byte[header - 16]).Raw(Filling(capture, bytes));
    }

    private static byte[] Pcapng(uint type, bool bigEndian)
    {
        const int FullBlockBytes = 32;
        var emptyBlockBytes = type == Simple ? 16 : FullBlockBytes;
        var capture = new CaptureBytes(bigEndian).Section().Interface();
        for (var page = 1; page <= CapturePages; page++)
        {
            var bytes = (page * PageBytes) - capture.Length - FullBlockBytes - emptyBlockBytes;
            capture.Enhanced(0, (ulong)page, Filling(capture, bytes));
            if (type == Simple) capture.Simple(0, []);
            else if (type == Enhanced) capture.Enhanced(0, 0, []);
            else capture.Block(Obsolete, new byte[20]);
        }

        return capture.ToArray();
    }

    private static byte[] Filling(CaptureBytes capture, int bytes)
    {
        var filling = new byte[bytes];
        Array.Fill(filling, (byte)(1 + (capture.Length / PageBytes)));
        return filling;
    }
}
