using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Actors.Tests;

/// <summary>
/// No allocation per packet or per bundle once warm, over a whole pipeline with its actors. Measured on the two threads that packets
/// pass through, the queue's with its router's and the consumers', so that tests running meanwhile do not show.
/// </summary>
public sealed class AllocationSpecs
{
    private const long WarmPackets = 400_000;
    private const long Packets = 2_400_000;
    private const int BundlePackets = 16;

    /// <summary>
    /// Bundles are made until there are as many as were ever out together, which luck decides; so few packets are in flight here, 128,
    /// that two bundles for each take less than half of this. It is far below 24 bytes, the smallest object, for each of the 125 000
    /// bundles between the two readings.
    /// </summary>
    private const long MostBytes = 512 * 1024;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_warm_pipeline_allocates_nothing_per_packet_or_bundle(int ways)
    {
        var (nic, intake, watch) = (new FakeNic(Packets, pageBytes: 1024, pages: 8), new ThreadAllocation(), new WatchingConsumer());
        nic[0].Receiving = intake.At;
        await using var run = PipelineRun.Start(Setup(nic, ways, watch));

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal(Packets, outcome.View.Ledger.Received.Packets);
        Assert.InRange(intake.Bytes, 0, MostBytes);
        Assert.InRange(watch.Delivery.Bytes, 0, MostBytes);
    }

    /// <summary>Packet numbers lie in the first eight bytes: byte 7 is what the rules look at.</summary>
    private static PipelineSetup Setup(FakeNic nic, int ways, WatchingConsumer watch)
    {
        var names = Enumerable.Range(0, ways).Select(i => $"way{i}").ToList();
        var text = string.Concat(Enumerable.Range(1, ways - 1).Select(i => $"rule r{i} match 7:03:{i:x2} mark {i}\n"));
        var routes = names.Select((name, i) => new RouteOptions { To = name, Mark = (uint)i, MarkMask = uint.MaxValue, Overload = Overload.Wait, Share = 1 });
        var handlers = names.Select((name, i) => (name, (Func<IPacketConsumer>)(() => i == 0 ? watch : new CountConsumer()))).ToArray();
        var setup = Runs.Setup(nic, [.. routes], handlers);
        return setup with
        {
            Rules = RuleParser.Parse(new SourceText("test", text), out _)!,
            Options = setup.Options with { Bundle = new BundleOptions { Packets = BundlePackets } },
        };
    }

    /// <summary>
    /// What the thread of one place allocates from the first packet that finds it warm on. On a busy machine the thread may be relieved
    /// by another on the way, which begins a reading of its own.
    /// </summary>
    private sealed class ThreadAllocation
    {
        private int _thread;
        private long _before;
        private long _start;
        private long _end;

        public long Bytes => _before + _end - _start;

        public void At(long packet)
        {
            var now = GC.GetAllocatedBytesForCurrentThread();
            if (packet < WarmPackets || _thread != Environment.CurrentManagedThreadId)
            {
                _before = packet < WarmPackets ? 0 : Bytes;
                (_start, _thread) = (now, Environment.CurrentManagedThreadId);
            }

            _end = now;
        }
    }

    private sealed class WatchingConsumer : IPacketConsumer
    {
        public ThreadAllocation Delivery { get; } = new();

        public void Consume(scoped PacketBatch batch) => Delivery.At(batch.Packets[0].TimestampNanoseconds);

        public void Flush()
        {
        }

        public void Complete()
        {
        }

        public void Dispose()
        {
        }
    }
}
