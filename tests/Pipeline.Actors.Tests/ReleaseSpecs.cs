using System.Collections.Concurrent;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Flows;
using Xunit;

namespace Pipeline.Actors.Tests;

/// <summary>Flows that consumers have seen enough of, in whole pipelines.</summary>
public sealed class ReleaseSpecs
{
    private static readonly TimeSpan Idle = TimeSpan.FromHours(1);
    private static readonly RouteOptions ToHandler = new() { To = "handler", Overload = Overload.Wait, Share = 1, ReleasesToStack = true };

    /// <summary>
    /// Two queues see the same flows, and two instances release them. When exactly depends on threads; that every packet was delivered or
    /// passed, flow for flow, does not.
    /// </summary>
    [Fact]
    public async Task Every_packet_of_a_flow_is_delivered_or_passed_whoever_releases_it()
    {
        const long Packets = 200_000;
        var (nic, counts) = (FlowPackets.NicOf(Packets, queues: 2), new FlowCounts(enough: 20, mostFlow: 40));
        var setup = Setup(nic, counts, ToHandler);
        await using var run = PipelineRun.Start(setup with { Options = setup.Options with { Consumers = new Dictionary<string, ConsumerOptions> { ["handler"] = Runs.Bypass("handler", instances: 2) } } });

        var outcome = await Runs.ToEnd(run, nic);

        var books = outcome.View.Ledger;
        Assert.Equal((2 * Packets, books.Received.Packets), (books.Received.Packets, books.Delivered.Packets + books.Passed.Packets));
        Assert.Equal((books.Passed, counts.Total), (books.PassedReleased, books.Delivered.Packets));
        Assert.True(books.PassedReleased.Packets > Packets / 2, books.ToString());
        var released = run.Released.Latest(int.MaxValue);
        Assert.Equal((41, 41), (released.Count, outcome.View.Released.Flows));
        Assert.Equal(books.PassedReleased.Packets, released.Sum(f => f.Passed.Packets));
        foreach (var flow in released)
        {
            var number = int.Parse(flow.Words.Split(' ')[1].Split(':')[0].Split('.')[3], System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(2 * Packets / FlowPackets.Flows, counts[number] + flow.Passed.Packets);
        }

        Assert.All(Enumerable.Range(41, 9), flow => Assert.Equal(2 * Packets / FlowPackets.Flows, counts[flow]));
    }

    [Fact]
    public async Task A_consumer_that_has_enough_after_some_packets_gets_no_more_copies_although_it_is_no_handler_of_ours()
    {
        var nic = FlowPackets.NicOf(100_000);
        var options = Runs.Bypass("tap") with { ReleaseAfter = new ReleaseAfterOptions { Packets = 10, Idle = Idle } };
        var setup = Runs.Setup(nic, [new RouteOptions { To = "tap", Copy = true, Overload = Overload.Wait }], ("tap", () => new CountConsumer()));
        await using var run = PipelineRun.Start(setup with { Options = setup.Options with { Consumers = new Dictionary<string, ConsumerOptions> { ["tap"] = options } } });

        var books = (await Runs.ToEnd(run, nic)).View.Ledger;

        Assert.Equal((100_000, 100_000), (books.Passed.Packets, books.CopiesDelivered.Packets + books.CopiesReleased.Packets));
        Assert.Equal(0, books.PassedReleased.Packets);
        Assert.True(books.CopiesDelivered.Packets >= 10 * FlowPackets.Flows && books.CopiesReleased.Packets > 50_000, books.ToString());
        Assert.All(run.Released.Latest(int.MaxValue), flow => Assert.True(flow.Seen >= 10));
    }

    [Fact]
    public async Task More_flows_than_there_is_room_for_stay_with_their_consumer()
    {
        var (nic, counts) = (FlowPackets.NicOf(100_000), new FlowCounts(enough: 1, mostFlow: 49));
        var setup = Setup(nic, counts, ToHandler);
        await using var run = PipelineRun.Start(setup with { Options = setup.Options with { Released = 7 } });

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal((7, 7), (outcome.View.Released.Flows, outcome.View.Released.Capacity));
        Assert.True(outcome.View.Released.Refused > 43, $"{outcome.View.Released}");
        Assert.Equal(FlowPackets.Flows - 7, Enumerable.Range(0, FlowPackets.Flows).Count(flow => counts[flow] == 2000));
    }

    [Fact]
    public async Task A_flow_that_is_taken_back_comes_again_and_so_does_one_whose_rules_are_replaced()
    {
        var (nic, counts) = (FlowPackets.NicOf(long.MaxValue), new FlowCounts(enough: 1, mostFlow: 3, once: true));
        await using var run = PipelineRun.Start(Setup(nic, counts, ToHandler));
        await Threads.Eventually(() => run.Released.Count == 4 && run.Released.Latest(4).All(f => f.Passed.Packets > 100));
        var (two, three) = (Number(run, 2), Number(run, 3));
        var (before2, before3) = (counts[2], counts[3]);

        Assert.Equal("udp 10.0.0.2:1026 192.0.2.1:53", run.TakeBack($"{two.Id}", "alice")?.Words);
        Assert.Null(run.TakeBack($"{two.Id}"));

        await Threads.Eventually(() => counts[2] > before2 + 100);
        Assert.InRange(counts[3] - before3, 0, 0);
        Assert.NotNull(run.TakeBack(three.Words));
        await Threads.Eventually(() => counts[3] > before3);
        Assert.Equal(["handler: udp 10.0.0.2:1026 192.0.2.1:53: taken back, by alice", $"handler: {three.Words}: taken back"], run.Events.Read().Where(e => e.Kind == PipelineEventKind.TakenBack).Select(e => $"{e.Where}: {e.Words}"));

        var before1 = counts[1];
        Assert.Equal(2, (await run.ApplyRules("rule any match 0:00:00 mark 1\n", "test", "test")).Generation);
        await Threads.Eventually(() => counts[1] > before1 + 100 && run.Released.IsEmpty);
        run.Drain();
        await Runs.ToEnd(run, nic);
    }

    private static ReleasedFlow Number(PipelineRun run, int flow) => run.Released.Latest(9).Single(f => f.Words.Contains($"10.0.0.{flow}:", StringComparison.Ordinal));

    private static PipelineSetup Setup(FakeNic nic, FlowCounts counts, params RouteOptions[] routes) => Runs.Setup(nic, routes, ("handler", () => new Releasing(counts)));

    private sealed class FlowCounts(int enough, int mostFlow, bool once = false)
    {
        private readonly long[] _packets = new long[FlowPackets.Flows];
        private readonly ConcurrentDictionary<int, bool> _released = [];

        public long this[int flow] => Volatile.Read(ref _packets[flow]);

        public long Total => Enumerable.Range(0, FlowPackets.Flows).Sum(flow => this[flow]);

        public bool IsEnough(int flow) => Interlocked.Increment(ref _packets[flow]) >= enough && flow <= mostFlow && (!once || _released.TryAdd(flow, true));
    }

    private sealed class Releasing(FlowCounts counts) : PacketHandler
    {
        public override void Consume(scoped PacketBatch batch)
        {
            foreach (ref readonly var packet in batch.Packets)
            {
                if (counts.IsEnough(FlowPackets.Read(batch.BytesOf(packet)).Leg.Flow)) batch.Release(packet, Idle);
            }
        }
    }
}
