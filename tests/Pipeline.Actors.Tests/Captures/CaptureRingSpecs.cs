using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers.Captures.Running;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Captures;

/// <summary>A ring between a router and a capture, filled and emptied by hand, and by two threads at once.</summary>
public sealed class CaptureRingSpecs : IDisposable
{
    private readonly PacketSource _source = PacketSource.OneToAPage();
    private readonly ScatterBench _bench;

    public CaptureRingSpecs() => _bench = new ScatterBench(_source, []);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void What_does_not_fit_is_missed_and_told_in_the_file()
    {
        var capture = new CaptureBench(_bench, "received", packets: 8);

        Route(20);
        capture.Take();
        Route(5);
        capture.Comments();

        var blocks = CaptureFileBlocks.Of(capture.File);
        Assert.Equal((13, 12), (capture.File.Packets, capture.File.Missed));
        Assert.Equal([(25L, 12L, 13L)], blocks.Statistics);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 21, 22, 23, 24, 25], blocks.Ids);
        _bench.Settle();
    }

    [Fact]
    public void A_ring_that_is_full_of_bytes_misses_too()
    {
        var ring = new CaptureRing(1000, 1 << 10, CaptureBench.SnapLength);
        var file = new RunningCapture([ring], CaptureBench.SnapLength, 1000, 1 << 20);
        var bundle = _source.Bundle([.. Enumerable.Repeat(0u, 50)]);

        foreach (ref readonly var packet in bundle.Packets) ring.Write(bundle, packet, "stack");
        file.Take(1000);
        file.End([]);

        Assert.Equal((25, 25), (file.Packets, file.Missed));
        bundle.Dispose();
    }

    [Fact]
    public void Packets_are_cut_and_the_file_begins_and_ends_as_tools_want_it()
    {
        var capture = new CaptureBench(_bench, "received");
        Route(3);

        capture.Comments();

        var blocks = CaptureFileBlocks.Of(capture.File);
        Assert.Equal([0x0A0D0D0A, 1, 6, 6, 6, 5], blocks.Types);
        Assert.All(blocks.Packets, p => Assert.Equal(CaptureBench.SnapLength, CaptureFileBlocks.CapturedOf(p)));
        Assert.Equal(CaptureBench.SnapLength, BitConverter.ToInt32(blocks.Blocks[1].Bytes, 12));
        _bench.Settle();
    }

    [Fact]
    public void A_file_without_packets_describes_an_interface_all_the_same()
    {
        var capture = new CaptureBench(_bench, "received");

        Assert.Empty(capture.Comments());

        Assert.Equal([0x0A0D0D0A, 1, 5], CaptureFileBlocks.Of(capture.File).Types);
    }

    [Fact]
    public void A_full_file_takes_no_more_and_what_comes_after_it_is_not_missed()
    {
        var capture = new CaptureBench(_bench, "received", mostPackets: 10);

        Route(25);

        Assert.Equal(10, capture.Comments().Count);
        Assert.True(capture.File.IsFull);
        Assert.Equal(0, capture.File.Missed);
        _bench.Settle();
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(1150)]
    [InlineData(2000)]
    public void A_file_is_never_longer_than_its_limit_with_the_statistics_at_its_end(int limit)
    {
        var capture = new CaptureBench(_bench, "received", mostBytes: limit);
        Route(25);

        capture.Comments();

        Assert.True(capture.File.IsFull);
        Assert.InRange(capture.File.Bytes, limit - 400, limit);
        Assert.Single(CaptureFileBlocks.Of(capture.File).Statistics);
        _bench.Settle();
    }

    [Fact]
    public void Showing_packets_allocates_nothing_once_warm()
    {
        var capture = new CaptureBench(_bench, "received");
        var bundle = _source.Bundle([.. Enumerable.Repeat(0u, 50)]);

        Assert.Equal(0, Allocation.OnceWarm(Show));

        bundle.Dispose();

        void Show()
        {
            for (var i = 0; i < 100; i++)
            {
                foreach (ref readonly var packet in bundle.Packets) capture.Port.Show(bundle, packet, "stack");
            }
        }
    }

    [Fact]
    public async Task Two_threads_lose_nothing_but_what_they_count()
    {
        const int Rounds = 2000;
        var ring = new CaptureRing(64, 1 << 12, CaptureBench.SnapLength);
        var file = new RunningCapture([ring], CaptureBench.SnapLength, long.MaxValue, 1 << 28);
        var bundle = _source.Bundle([.. Enumerable.Range(0, 50).Select(i => (uint)i)]);
        var writing = Task.Run(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                foreach (ref readonly var packet in bundle.Packets) ring.Write(bundle, packet, "stack");
            }
        });
        while (!writing.IsCompleted) file.Take(1000);
        await writing;
        file.Take(1000);
        file.End([]);

        var blocks = CaptureFileBlocks.Of(file);
        Assert.Equal(Rounds * 50, file.Packets + file.Missed);
        Assert.All(blocks.Ids.Zip(blocks.Comments), p => Assert.Equal($"mark 0x{(p.First - 1) % 50:x} rule unmatched route stack", p.Second));
        bundle.Dispose();
    }

    private void Route(int packets)
    {
        _bench.Route(_source.Bundle([.. Enumerable.Repeat(0u, packets)]));
        _bench["stack"].DisposeAll();
    }
}
