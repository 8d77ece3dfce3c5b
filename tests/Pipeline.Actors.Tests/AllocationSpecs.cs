using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Actors.Tests;

/// <summary>Alone, because what is allocated is only known of the process as a whole.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneInTheProcess
{
    public const string Name = "alone in the process";
}

/// <summary>No allocation per packet or per bundle once warm, over a whole pipeline with its actors.</summary>
[Collection(AloneInTheProcess.Name)]
public sealed class AllocationSpecs
{
    private const long WarmPackets = 400_000;
    private const long Packets = 2_400_000;

    /// <summary>
    /// What timers and the runtime may take meanwhile. Far below 24 bytes, the smallest object, for each of the 31 250 bundles (64
    /// packets to a bundle) between the two readings.
    /// </summary>
    private const long MostBytes = 256 * 1024;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_warm_pipeline_allocates_nothing_per_packet_or_bundle(int ways)
    {
        var (nic, watch) = (new FakeNic(Packets), new AllocationWatch());
        await using var run = PipelineRun.Start(Setup(nic, ways, watch));

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal(Packets, outcome.View.Ledger.Received.Packets);
        Assert.InRange(watch.AllocatedBytes, 0, MostBytes);
    }

    /// <summary>Packet numbers lie in the first eight bytes: byte 7 is what the rules look at.</summary>
    private static PipelineSetup Setup(FakeNic nic, int ways, AllocationWatch watch)
    {
        var names = Enumerable.Range(0, ways).Select(i => $"way{i}").ToList();
        var text = string.Concat(Enumerable.Range(1, ways - 1).Select(i => $"rule r{i} match 7:03:{i:x2} mark {i}\n"));
        var routes = names.Select((name, i) => new RouteOptions { To = name, Mark = (uint)i, MarkMask = uint.MaxValue, Overload = Overload.Wait, Share = 1 });
        var handlers = names.Select((name, i) => (name, (Func<IPacketConsumer>)(() => i == 0 ? watch : new CountConsumer()))).ToArray();
        return Runs.Setup(nic, [.. routes], handlers) with { Rules = RuleParser.Parse(new SourceText("test", text), out _)! };
    }

    /// <summary>Reads what the process has allocated once it is warm, and again with every later batch.</summary>
    private sealed class AllocationWatch : IPacketConsumer
    {
        private long _start;
        private long _end;

        public long AllocatedBytes => _end - _start;

        public PacketNeeds Needs => PacketNeeds.Stub;

        public void Consume(scoped PacketBatch batch)
        {
            var number = batch.Packets[0].TimestampNanoseconds;
            if (number < WarmPackets) _start = GC.GetTotalAllocatedBytes();
            else _end = GC.GetTotalAllocatedBytes();
        }

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
