using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Control;

public sealed class PipelineRunSpecs
{
    private static readonly RouteOptions ToHandler = new() { To = "handler", Overload = Overload.Wait, Share = 1 };

    [Fact]
    public async Task Two_queues_and_several_consumers_deliver_everything_each_queue_in_order()
    {
        var (nic, seen) = (new FakeNic(5_000, queues: 2), new List<long>());
        await using var run = PipelineRun.Start(Runs.Setup(
            nic, [ToHandler with { Copy = true, To = "copies" }, ToHandler], ("copies", () => new CountConsumer()), ("handler", () => new RecordingConsumer(seen))));

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal((10_000, 10_000), (outcome.View.Ledger.Delivered.Packets, outcome.View.Ledger.CopiesDelivered.Packets));
        Assert.Equal([5_000, 5_000], outcome.View.Queues.Select(q => q.Received.Packets));
        Assert.Equal(Twice(5_000), seen.Order());
    }

    [Fact]
    public async Task Instances_of_a_group_share_its_packets()
    {
        var (nic, made) = (new FakeNic(10_000), 0);
        var setup = Runs.Setup(nic, [ToHandler with { Balance = Balance.RoundRobin }], ("handler", Make));
        setup = setup with { Options = setup.Options with { Consumers = new Dictionary<string, ConsumerOptions> { ["handler"] = Runs.Bypass("handler", instances: 3) } } };
        await using var run = PipelineRun.Start(setup);

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal(3, made);
        Assert.Equal(10_000, outcome.View.Ledger.Delivered.Packets);

        IPacketConsumer Make()
        {
            Interlocked.Increment(ref made);
            return new CountConsumer();
        }
    }

    [Fact]
    public async Task A_drain_asked_for_by_many_threads_is_one_drain()
    {
        var (nic, reached) = (new FakeNic(long.MaxValue, queues: 2), new TaskCompletionSource());
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new RecordingConsumer([], _ => reached.TrySetResult()))));
        await reached.Task.WaitAsync(Runs.Patience);

        Parallel.For(0, 16, _ => run.Drain());
        var outcome = await Runs.ToEnd(run, nic);

        Assert.False(outcome.Aborted);
        Assert.Equal(outcome.View.Ledger.Received, outcome.View.Ledger.Delivered);
    }

    [Fact]
    public async Task A_drain_or_an_abort_after_the_end_changes_nothing()
    {
        var nic = new FakeNic(100);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));
        await Runs.ToEnd(run, nic);

        run.Drain();
        run.Abort();

        Assert.False((await run.Completion).Aborted);
    }

    [Fact]
    public async Task A_source_that_is_empty_ends_at_once_with_empty_books()
    {
        var nic = new FakeNic(0, queues: 2);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal(default, outcome.View.Ledger.Received);
        Assert.Empty(outcome.Faults);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(5_000)]
    public async Task It_stops_after_exactly_so_many_packets(int packets)
    {
        var nic = new FakeNic(long.MaxValue);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())) with { StopAfterPackets = packets });

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal((packets, packets), (outcome.View.Ledger.Received.Packets, outcome.View.Ledger.Delivered.Packets));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(512)]
    [InlineData(5_000)]
    public async Task It_stops_after_exactly_so_many_packets_of_all_queues_together(int packets)
    {
        var nic = new FakeNic(long.MaxValue, queues: 3);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())) with { StopAfterPackets = packets });

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal((packets, packets), (outcome.View.Ledger.Received.Packets, outcome.View.Selected));
    }

    [Fact]
    public async Task It_stops_after_so_many_packets_though_another_queue_waits_for_its_first()
    {
        var nic = new FakeNic(long.MaxValue, queues: 2);
        nic[1].IsSilent = true;
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())) with { StopAfterPackets = 100 });

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal([100, 0], outcome.View.Queues.Select(q => q.Received.Packets));
    }

    [FactThatNeeds(Need.Libpcap)]
    public async Task With_an_expression_it_stops_at_the_last_packet_that_was_wanted()
    {
        // Packets carry their number, big-endian, in their first eight bytes: this is every sixteenth, and the 100th of them is 1584.
        var nic = new FakeNic(long.MaxValue);
        var setup = Runs.Setup(nic, [ToHandler with { OnlySelected = true }], ("handler", () => new CountConsumer()));
        await using var run = PipelineRun.Start(setup with { Expression = PacketFilter.Create("link[7] & 0xf = 0"), StopAfterPackets = 100 });

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal((1585, 100, 1485), (outcome.View.Ledger.Received.Packets, outcome.View.Ledger.Delivered.Packets, outcome.View.Ledger.Passed.Packets));
        Assert.Equal(100, outcome.View.Selected);
    }

    [Fact]
    public async Task It_stops_after_a_while_when_told_to()
    {
        var nic = new FakeNic(long.MaxValue);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())) with { StopAfter = TimeSpan.FromMilliseconds(50) });

        var outcome = await Runs.ToEnd(run, nic);

        Assert.False(outcome.Aborted);
        Assert.Equal(outcome.View.Ledger.Received, outcome.View.Ledger.Delivered);
    }

    [Fact]
    public async Task A_view_taken_while_packets_flow_balances()
    {
        var (nic, reached) = (new FakeNic(long.MaxValue, queues: 2), new TaskCompletionSource());
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new RecordingConsumer([], _ => reached.TrySetResult()))));
        await reached.Task.WaitAsync(Runs.Patience);

        Assert.All(Enumerable.Range(0, 200).Select(_ => run.View()), v => Assert.True(v.Balanced, v.Ledger.ToString()));

        run.Drain();
        await Runs.ToEnd(run, nic);
    }

    [Fact]
    public void A_setup_that_cannot_start_closes_its_source()
    {
        var nic = new FakeNic(100);
        var setup = Runs.Setup(nic, [ToHandler with { To = "unheard-of" }]);
        setup = setup with { Options = setup.Options with { Consumers = new Dictionary<string, ConsumerOptions> { ["unheard-of"] = Runs.Bypass("unheard-of") } } };

        Assert.Throws<ArgumentException>(() => PipelineRun.Start(setup));

        Assert.True(nic.IsDisposed);
    }

    private static IEnumerable<long> Twice(int count) => Enumerable.Range(0, 2 * count).Select(i => (long)(i / 2));
}
