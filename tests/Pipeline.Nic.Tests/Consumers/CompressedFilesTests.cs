using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Tests.Compression;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

public sealed class CompressedFilesTests : IDisposable
{
    private const long Time = 1_700_000_000_000_000_000;

    private readonly TemporaryFolder _folder = new();
    private readonly PacketFeed _feed = new();
    private readonly Random _random = new(1);

    private string[] Files => [.. Directory.GetFiles(_folder.FullName).Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        _feed.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("out.pcap.gz", "1f8b08", "4d3cb2a1")]
    [InlineData("out.pcapng.gz", "1f8b08", "0a0d0d0a")]
    [InlineData("out.GZ", "1f8b08", "0a0d0d0a")]
    [InlineData("out.cap.zst", "28b52ffd", "4d3cb2a1")]
    [InlineData("out.Zst", "28b52ffd", "0a0d0d0a")]
    public void A_name_says_how_a_file_is_compressed_and_the_rest_of_it_what_is_inside(string name, string packed, string inside)
    {
        var sent = Noise(1000);
        using (var consumer = Capture(name)) Finish(consumer, sent);
        var bytes = File.ReadAllBytes(_folder[name]);
        Assert.StartsWith(packed, Convert.ToHexStringLower(bytes));
        Assert.StartsWith(inside, Convert.ToHexStringLower(Unpacked.Of(bytes).Bytes));
        Assert.Equal(ReadBack.Digest(sent), ReadBack.Digest(_folder[name]));
    }

    [TheoryThatNeeds(Need.Tshark | Need.Tcpdump | Need.Compressors)]
    [InlineData("out.pcap.gz", "gzip")]
    [InlineData("out.pcapng.zst", "zstd")]
    public void Other_programs_read_the_file(string name, string program)
    {
        var sent = Noise(2000);
        using (var consumer = Capture(name)) Finish(consumer, sent);
        Assert.Equal(2000, ReadBack.Packets(_folder[name]).Length);
        Assert.Equal("2000", Assert.Single(ReadBack.Capinfos(_folder[name])["Number of packets"]));
        Assert.Equal(0, Tool.Run(program, "-tq", _folder[name]).ExitCode);
        Assert.Equal("2000 packets\n", Tool.Run("bash", "-c", $"{program} -dcq {_folder[name]} | tcpdump -r - --count").Output);
    }

    [Theory]
    [InlineData("out.pcapng.gz")]
    [InlineData("out.pcapng.zst")]
    public void After_each_flush_the_file_is_whole(string name)
    {
        using var consumer = Capture(name);
        for (var i = 1; i <= 5; i++)
        {
            _feed.Give(consumer, Noise(10));
            consumer.Flush();
            Assert.Equal(10 * i, _feed.Delivered.Packets);
            Assert.Null(Unpacked.Of(File.ReadAllBytes(_folder[name])).Fault);
        }
    }

    [Theory]
    [InlineData("out.pcap.gz", 100_000)]
    [InlineData("out.pcap.zst", 100_000)]
    [InlineData("out.pcapng.gz", 5_000_000)]
    [InlineData("out.pcapng.zst", 20_000)]
    public void A_limit_counts_compressed_bytes(string name, int limit)
    {
        using (var consumer = Capture(name, new CaptureRotation { FileBytes = limit })) Finish(consumer, [.. Noise(20_000), .. Zeros(20_000)]);
        Assert.All(Files.SkipLast(1), f => Assert.InRange(new FileInfo(f).Length, limit, limit + 33_000));
        Assert.All(Files, f => Assert.Null(Unpacked.Of(File.ReadAllBytes(f)).Fault));
        Assert.Equal(limit < 5_000_000, Files.Length > 10);
        Assert.Equal(40_000, Files.Sum(ReadBack.OwnCount));
    }

    [Fact]
    public void A_series_has_its_numbers_in_front_of_both_extensions()
    {
        using (var consumer = Capture("web.pcap.gz", new CaptureRotation { FileBytes = 1 })) Finish(consumer, Noise(2));
        Assert.Equal(2, Files.Length);
        Assert.Matches(@"/web_00001_20\d{12}\.pcap\.gz$", Files[0]);
    }

    [Fact]
    public void What_each_file_carries_besides_packets_does_not_count()
    {
        var secrets = new byte[60_000];
        _random.NextBytes(secrets);
        var capture = new CaptureBytes().Section().Interface().Block(10, [0x4b, 0x53, 0x4c, 0x54, 0x60, 0xea, 0, 0, .. secrets]);
        for (ulong i = 0; i < 300; i++) capture.Enhanced(0, i, Noise(1)[0].Bytes);
        using var copied = new CopiedCapture(capture.ToArray());
        copied.Write("copy.pcapng.gz", rotation: new CaptureRotation { FileBytes = 40_000 });
        Assert.InRange(copied.Files.Count, 2, 4);
        Assert.All(copied.Files.SkipLast(1), f => Assert.InRange(new FileInfo(f).Length, 100_000, 140_000));
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData("out.pcap.gz")]
    [InlineData("out.pcapng.zst")]
    public void A_full_disk_keeps_a_whole_file_of_exactly_what_was_delivered(string name)
    {
        using var disk = new SmallDisk(_folder["disk"], 2048);
        using (var consumer = new CaptureConsumer(new CaptureOptions { Path = disk[name] }))
        {
            Assert.Throws<OutputException>(() =>
            {
                for (var i = 0; i < 1000; i++) _feed.Give(consumer, Noise(30));
            });
        }

        Assert.Equal(_feed.Delivered.Packets, ReadBack.OwnCount(disk[name]));
        Assert.True(_feed.Delivered.Packets > 1000 && _feed.OutputErrors.Packets > 0);
    }

    private CaptureConsumer Capture(string name, CaptureRotation? rotation = null) => new(new CaptureOptions { Path = _folder[name], Rotation = rotation });

    private void Finish(CaptureConsumer consumer, SentPacket[] packets)
    {
        _feed.Give(consumer, packets);
        consumer.Complete();
    }

    private SentPacket[] Noise(int count) => Packets(count, _random.NextBytes);

    private static SentPacket[] Zeros(int count) => Packets(count, _ => { });

    private static SentPacket[] Packets(int count, Action<byte[]> fill)
    {
        var packets = new SentPacket[count];
        for (var i = 0; i < count; i++)
        {
            var bytes = new byte[400];
            fill(bytes);
            packets[i] = new SentPacket(bytes, Time + i);
        }

        return packets;
    }
}
