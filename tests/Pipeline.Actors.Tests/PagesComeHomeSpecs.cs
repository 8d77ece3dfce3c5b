using Akka.Actor;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Queues;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Xunit;

namespace Pipeline.Actors.Tests;

/// <summary>Whatever happens, the books balance to the packet and every page is home afterwards; <see cref="Runs.ToEnd"/> checks both.</summary>
public sealed class PagesComeHomeSpecs
{
    private static readonly RouteOptions ToHandler = new() { To = "handler", Overload = Overload.Wait, Share = 1 };

    [Fact]
    public async Task After_a_run_to_the_end_every_packet_was_delivered_in_order()
    {
        var (nic, seen) = (new FakeNic(50_000), new List<long>());
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new RecordingConsumer(seen))));

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal(50_000, outcome.View.Ledger.Delivered.Packets);
        Assert.Equal(Enumerable.Range(0, 50_000).Select(n => (long)n), seen);
    }

    [Fact]
    public async Task Without_routes_everything_is_passed_to_the_stack()
    {
        var nic = new FakeNic(10_000);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [], ("stack", () => new RecordingConsumer([]))));

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal(10_000, outcome.View.Ledger.Passed.Packets);
    }

    [Fact]
    public async Task After_a_consumer_crashed_its_bundle_is_counted_and_the_rest_arrives_in_order()
    {
        var (nic, seen, crashes) = (new FakeNic(20_000), new List<long>(), 0);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new RecordingConsumer(seen, Crash))));

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal(1, outcome.View.Consumers.Single(c => c.Name == "handler").Restarts);
        Assert.InRange(outcome.View.Ledger.DroppedByReason[DropReason.ConsumerFailed].Packets, 1, 64);
        Assert.Equal(seen.Order(), seen);

        void Crash(long number)
        {
            if (number == 7000 && Interlocked.Increment(ref crashes) == 1) throw new InvalidDataException("on order");
        }
    }

    [Fact]
    public async Task After_a_consumer_that_always_crashes_everything_is_counted_as_failed()
    {
        var nic = new FakeNic(300);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new RecordingConsumer([], _ => throw new InvalidDataException("always")))));

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal(300, outcome.View.Ledger.DroppedByReason[DropReason.ConsumerFailed].Packets);
    }

    [Fact]
    public async Task After_a_consumer_that_cannot_be_made_everything_is_counted_as_failed()
    {
        var nic = new FakeNic(300);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => throw new InvalidOperationException("no such thing"))));

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal(300, outcome.View.Ledger.DroppedByReason[DropReason.ConsumerFailed].Packets);
    }

    [Fact]
    public async Task After_a_broken_source_what_came_before_the_fault_was_delivered()
    {
        var (nic, seen) = (new FakeNic(long.MaxValue), new List<long>());
        nic[0].Fault = (1000, new CaptureFormatException("fake", 4711, "on order"));
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new RecordingConsumer(seen))));

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal(1000, seen.Count);
        Assert.Equal("fake: at byte 4711: on order", string.Join('|', outcome.Faults.Select(f => f.Error.Message)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(5_000)]
    [InlineData(50_000)]
    public async Task After_a_drain_at_any_moment_everything_received_was_delivered(int afterPackets)
    {
        var (nic, reached) = (new FakeNic(long.MaxValue), new TaskCompletionSource());
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new RecordingConsumer([], Reach))));
        await reached.Task.WaitAsync(Runs.Patience);

        run.Drain();
        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal(outcome.View.Ledger.Received, outcome.View.Ledger.Delivered);

        void Reach(long number)
        {
            if (number == afterPackets) reached.TrySetResult();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(700)]
    [InlineData(20_000)]
    public async Task After_an_abort_at_any_moment_the_rest_is_counted_as_lost_to_the_shutdown(int afterPackets)
    {
        var (nic, reached) = (new FakeNic(long.MaxValue), new TaskCompletionSource());
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new RecordingConsumer([], Reach))));
        await reached.Task.WaitAsync(Runs.Patience);

        run.Abort();
        var outcome = await Runs.ToEnd(run, nic);

        Assert.True(outcome.Aborted);

        void Reach(long number)
        {
            if (number == afterPackets) reached.TrySetResult();
        }
    }

    [Fact]
    public async Task After_an_abort_with_a_stuck_consumer_the_books_balance_though_its_pages_are_still_out()
    {
        using var stuck = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var nic = new FakeNic(long.MaxValue);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new RecordingConsumer([], Stick))));
        Assert.True(stuck.Wait(Runs.Patience));

        run.Abort();
        var outcome = await run.Completion.WaitAsync(Runs.Patience);
        release.Set();

        Assert.Equal(default, outcome.View.Ledger.InFlight);
        Assert.False(outcome.View.Ledger.PagesHome);

        void Stick(long number)
        {
            stuck.Set();
            release.Wait(Runs.Patience);
        }
    }

    [Fact]
    public async Task After_bundles_for_nobody_they_are_counted_as_dead_letters()
    {
        var nic = new FakeNic(640);
        var setup = Runs.Setup(nic, [ToHandler], ("handler", () => new RecordingConsumer([])));
        var topology = Topology.Build(setup, Nic.Rules.MarkTable.Compile(setup.Rules));
        using var system = ActorSystem.Create("dead", EmbeddedConfig.Load());
        system.ActorOf(BundleReclaimer.Props(), "reclaimer");
        var (queue, _) = topology.Queues[0];
        queue.Router = system.ActorOf(BundleReclaimer.Props(), "router");
        Assert.True(await queue.Router.GracefulStop(Runs.Patience));
        system.ActorOf(NicQueueActor.Props(queue), "queue");

        await Threads.Eventually(() => topology.Ledger.Read().DroppedByReason.GetValueOrDefault(DropReason.DeadLetter).Packets == 640);
        nic.Dispose();

        Assert.True(topology.Ledger.Read().BalancesAtRest);
    }
}
