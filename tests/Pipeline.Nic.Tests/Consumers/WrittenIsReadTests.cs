using CsCheck;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

public sealed class WrittenIsReadTests
{
    private const long LastPcapTime = (1L << 32) * 1_000_000_000 - 1;

    private static readonly Gen<SentPacket> Packets =
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Long[1, LastPcapTime], Gen.UInt, (bytes, time, wire) => new SentPacket(bytes, time, wire));

    [Theory]
    [InlineData("out.pcap")]
    [InlineData("out.pcapng")]
    public void Any_packets_come_back_as_they_were_whatever_the_buffer_cuts_them_into(string name) =>
        Packets.Array[1, 100].Sample(
            packets =>
            {
                using var folder = new TemporaryFolder();
                using var feed = new PacketFeed();
                using var buffer = new BlockBuffer(CaptureLayout.MostHeaderBytes);
                using var consumer = new WriterConsumer(new CaptureWriter(new CaptureOptions { Path = folder[name] }, buffer));
                feed.Give(consumer, packets);
                consumer.Complete();
                Assert.Equal(ReadBack.Digest(packets), ReadBack.Digest(folder[name]));
            },
            iter: 50);
}
