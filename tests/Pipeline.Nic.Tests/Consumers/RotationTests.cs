using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

public sealed class RotationTests : IDisposable
{
    private const long Second = 1_000_000_000;
    private const long Time = 1_700_000_000 * Second;

    private readonly TemporaryFolder _folder = new();
    private readonly PacketFeed _feed = new();

    private string[] Files => [.. Directory.GetFiles(_folder.FullName).Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        _feed.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Files_are_named_by_number_and_time_of_creation()
    {
        Write("web.pcapng", new CaptureRotation { FileBytes = 1 }, 2);
        Assert.Matches(@"/web_00001_20\d{12}\.pcapng$", Files[0]);
        Assert.Matches(@"/web_00002_20\d{12}\.pcapng$", Files[1]);
        Assert.Equal(2, Files.Length);
    }

    [Fact]
    public void A_file_that_has_its_packets_gets_no_more()
    {
        Write("web.pcapng", new CaptureRotation { Packets = 3 }, 7);
        Assert.Equal([3, 3, 1], Files.Select(ReadBack.OwnCount));
    }

    [Fact]
    public void Packets_are_in_the_file_at_once_where_that_is_asked_for()
    {
        using var consumer = new CaptureConsumer(new CaptureOptions { Path = _folder["x.pcap"], IsFlushedAtOnce = true });
        _feed.Give(consumer, PacketFeed.Sized(60), PacketFeed.Sized(60));
        Assert.Equal(2, ReadBack.OwnCount(_folder["x.pcap"]));
    }

    [TheoryThatNeeds(Need.Tshark)]
    [InlineData("web.pcap")]
    [InlineData("web.pcapng")]
    public void A_file_that_has_reached_its_size_gets_no_more_and_each_is_a_capture_of_its_own(string name)
    {
        Write(name, new CaptureRotation { FileBytes = 10_000 }, 100);
        Assert.Equal(10, Files.Length);
        Assert.All(Files.SkipLast(1), f => Assert.InRange(new FileInfo(f).Length, 10_000, 11_500));
        Assert.Equal(100, Files.Sum(ReadBack.Count));
    }

    [FactThatNeeds(Need.Tshark)]
    public void Only_so_many_files_are_kept()
    {
        Write("web.pcapng", new CaptureRotation { FileBytes = 10_000, Files = 3 }, 100);
        Assert.Equal(["00008", "00009", "00010"], Files.Select(f => Path.GetFileName(f).Split('_')[1]));
        Assert.Equal(100, _feed.Delivered.Packets);
    }

    [FactThatNeeds(Need.Tshark)]
    public void A_duration_counts_from_a_files_first_packet_by_the_packets_clock()
    {
        long[] seconds = [0, 1, 4, 5, 5, 9, 11];
        Write("web.pcapng", new CaptureRotation { Duration = TimeSpan.FromSeconds(5) }, [.. seconds.Select(s => PacketFeed.Sized(60, Time + (s * Second)))]);
        Assert.Equal([3, 3, 1], Files.Select(ReadBack.Count));
    }

    [Fact]
    public void Statistics_at_the_end_of_each_file_count_from_the_start()
    {
        Write("web.pcapng", new CaptureRotation { Duration = TimeSpan.FromSeconds(1) }, PacketFeed.Sized(60, Time), PacketFeed.Sized(60, Time + Second));
        Assert.Equal([1, 2], Files.Select(f => PcapngStatistics.Of(f).Single().Delivered));
    }

    [Fact]
    public void Notes_count_over_all_files()
    {
        var consumer = Write("web.pcapng", new CaptureRotation { FileBytes = 10_000 }, 100);
        Assert.Equal([$"100 packets in 10 files up to {Files[^1]}"], consumer.Notes);
    }

    [Fact]
    public void Standard_output_cannot_be_rotated()
    {
        var options = new CaptureOptions { Path = "-", Rotation = new CaptureRotation { FileBytes = 1 } };
        Assert.Throws<ArgumentException>(() => new CaptureConsumer(options));
    }

    [Fact]
    public void A_number_of_files_alone_ends_no_file()
    {
        var options = new CaptureOptions { Path = _folder["web.pcapng"], Rotation = new CaptureRotation { Files = 2 } };
        Assert.Throws<ArgumentException>(() => new CaptureConsumer(options));
    }

    private CaptureConsumer Write(string name, CaptureRotation rotation, int packets) =>
        Write(name, rotation, [.. Enumerable.Repeat(PacketFeed.Sized(1000, Time), packets)]);

    private CaptureConsumer Write(string name, CaptureRotation rotation, params SentPacket[] packets)
    {
        using var consumer = new CaptureConsumer(new CaptureOptions { Path = _folder[name], Rotation = rotation });
        _feed.Give(consumer, packets);
        consumer.Complete();
        return consumer;
    }
}
