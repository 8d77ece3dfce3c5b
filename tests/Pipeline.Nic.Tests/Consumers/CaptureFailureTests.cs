using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Linux;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

public sealed class CaptureFailureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PacketFeed _feed = new();

    public void Dispose()
    {
        _feed.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        var error = Assert.Throws<OutputException>(() => Capture(_folder["none/out.pcapng"]));
        Assert.Equal($"{_folder["none/out.pcapng"]}: cannot be created: there is no folder {_folder["none"]}", error.Message);
    }

    [Fact]
    public void A_folder_in_the_place_of_the_file_is_told()
    {
        var error = Assert.Throws<OutputException>(() => Capture(_folder.FullName));
        Assert.EndsWith("Is a directory (EISDIR)", error.Message);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_to_is_told()
    {
        // Under /proc nobody can make a file, not even root.
        var error = Assert.Throws<OutputException>(() => Capture("/proc/out.pcapng"));
        Assert.StartsWith("/proc/out.pcapng: cannot be created: ", error.Message);
    }

    [Fact]
    public void A_full_device_drops_what_is_held_and_everything_after_it()
    {
        using var consumer = Capture("/dev/full");
        _feed.Give(consumer, PacketFeed.Sized(60), PacketFeed.Sized(61));
        var error = Assert.Throws<OutputException>(consumer.Flush);
        _feed.Give(consumer, PacketFeed.Sized(62));
        consumer.Flush();
        consumer.Complete();
        Assert.Equal(("/dev/full: cannot be written: No space left on device (ENOSPC)", false), (error.Message, error.IsClosedPipe));
        Assert.Equal(new PacketTally(3, 183), _feed.OutputErrors);
        Assert.Equal(3, _feed.Ethernet.Dropped);
    }

    [Fact]
    public void A_full_device_found_at_the_end_is_told_at_the_end()
    {
        using var consumer = Capture("/dev/full");
        _feed.Give(consumer, PacketFeed.Sized(60));
        Assert.Throws<OutputException>(consumer.Complete);
        Assert.Equal(1, _feed.OutputErrors.Packets);
    }

    [TheoryThatNeeds(Need.Root | Need.Tshark)]
    [InlineData("out.pcap", 64)]
    [InlineData("out.pcapng", 64)]
    [InlineData("out.pcapng", 256)]
    [InlineData("out.pcap", 2048)]
    public void A_full_disk_keeps_a_valid_capture_of_exactly_what_was_delivered(string name, int kibibytes)
    {
        using var disk = new SmallDisk(_folder["disk"], kibibytes);
        using var consumer = Capture(disk[name]);
        Assert.Throws<OutputException>(() =>
        {
            for (var i = 0; i < 10_000; i++) _feed.Give(consumer, PacketFeed.Sized(101 + i), PacketFeed.Sized(1003));
        });
        consumer.Dispose();
        Assert.Equal(_feed.Delivered.Packets, ReadBack.Count(disk[name]));
        Assert.True(_feed.Delivered.Packets > 10 && _feed.OutputErrors.Packets > 0);
    }

    [FactThatNeeds(Need.Root | Need.Tshark)]
    public void A_full_disk_still_gets_the_statistics_where_they_fit()
    {
        using var disk = new SmallDisk(_folder["disk"], 64);
        using var consumer = Capture(disk["out.pcapng"]);
        Assert.Throws<OutputException>(() =>
        {
            for (var i = 0; i < 10_000; i++) _feed.Give(consumer, PacketFeed.Sized(1000));
        });
        Assert.Equal(_feed.Delivered.Packets, PcapngStatistics.Of(disk["out.pcapng"]).Single().Delivered);
    }

    [Fact]
    public async Task A_reader_that_goes_away_is_a_closed_pipe_and_what_the_pipe_took_is_delivered()
    {
        var pipe = NamedPipe();
        var reader = Task.Run(() => ReadSome(pipe, 5000));
        using var consumer = Capture(pipe);
        _feed.Give(consumer, [.. Enumerable.Repeat(PacketFeed.Sized(1000), 200)]);
        var error = Assert.Throws<OutputException>(consumer.Flush);
        await reader;
        Assert.True(error.IsClosedPipe);
        Assert.Equal(200, _feed.Delivered.Packets + _feed.OutputErrors.Packets);
        Assert.InRange(_feed.Delivered.Packets, 1, 199);
    }

    [Fact]
    public async Task A_pipe_that_does_not_block_is_waited_for()
    {
        var pipe = NamedPipe();
        var reader = Task.Run(() => File.ReadAllBytes(pipe));
        var sent = new byte[1 << 20];
        new Random(1).NextBytes(sent);
        WriteWithoutBlocking(pipe, sent);
        Assert.Equal(sent, await reader);
    }

    private static CaptureConsumer Capture(string path) => new(new CaptureOptions { Path = path });

    private static void WriteWithoutBlocking(string pipe, byte[] bytes)
    {
        // Opening without blocking fails until there is a reader, so a blocking one waits for it.
        var first = Fcntl.Open(pipe, Fcntl.O_WRONLY, out _);
        var descriptor = Fcntl.Open(pipe, Fcntl.O_WRONLY | Fcntl.O_NONBLOCK, out var error);
        Unistd.Close(first);
        Assert.Equal(Errno.None, error);
        var taken = Unistd.WriteAll(descriptor, bytes, out error);
        Unistd.Close(descriptor);
        Assert.Equal((bytes.Length, Errno.None), (taken, error));
    }

    private static void ReadSome(string pipe, int bytes)
    {
        using var stream = new FileStream(pipe, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        stream.ReadExactly(new byte[bytes]);
    }

    private string NamedPipe()
    {
        Assert.Equal(0, Tool.Run("mkfifo", _folder["pipe"]).ExitCode);
        return _folder["pipe"];
    }
}
