using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Control;

/// <summary>Routes that the root adds and takes away while packets flow, in whole pipelines.</summary>
public sealed class RouteChangeSpecs
{
    private static readonly RouteOptions ToHandler = new() { To = "handler", Overload = Overload.Wait, Share = 1 };
    private static readonly RouteOptions Tap = new() { To = "tap", Copy = true, Overload = Overload.Wait };

    [Fact]
    public async Task A_copy_to_a_new_consumer_comes_and_goes_and_disturbs_no_flow()
    {
        var (nic, log, copies) = (NicOf(3), new FlowLog(), new FlowLog());
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new FlowConsumer(log))));
        await Threads.Eventually(() => log.Packets > 1_000);
        var pools = run.View().Pools.Count;

        Assert.True(await run.AddRoute(Tap, Runs.Bypass("tap"), () => new FlowConsumer(copies)).WaitAsync(Runs.Patience));
        await Threads.Eventually(() => copies.Packets > 1_000);
        Assert.Equal(["tap", "handler"], run.View().Routes.Select(r => r.Options.To));
        Assert.True(await run.RemoveRoute(Tap).WaitAsync(Runs.Patience));
        var (copied, before) = (copies.Packets, log.Packets);
        await Threads.Eventually(() => log.Packets > before + 10_000);

        Assert.Equal(
            [(PipelineEventKind.RouteAdded, "tap"), (PipelineEventKind.RouteRemoved, "tap")],
            run.Events.Read().Skip(1).Select(e => (e.Kind, e.Where)));
        var view = run.View();
        Assert.Equal((copied, pools), (copies.Packets, view.Pools.Count));
        Assert.Equal(["handler"], view.Routes.Select(r => r.Options.To));
        Assert.Empty(view.Consumers.Single(c => c.Name == "tap").Instances);
        run.Drain();
        var outcome = await Runs.ToEnd(run, nic);
        Assert.Equal((0, 0, 0), (log.OutOfOrder, copies.OutOfOrder, outcome.View.Ledger.Dropped.Packets));
        Assert.Equal((outcome.View.Ledger.Received.Packets, copied), (log.Packets, outcome.View.Ledger.CopiesDelivered.Packets));
    }

    [Fact]
    public async Task Routes_come_and_go_many_times_while_instances_do()
    {
        var (nic, log, copied) = (NicOf(2), new FlowLog(), 0L);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new FlowConsumer(log))));
        var random = new Random(36);

        for (var i = 0; i < 30; i++)
        {
            var tap = Tap with { To = $"tap-{i}", Share = random.Next(1, 10) / 10.0 };
            var scaling = run.ScaleConsumer("handler", random.Next(1, 5));
            Assert.True(await run.AddRoute(tap, Runs.Bypass(tap.To, random.Next(1, 4)), () => new HandlerThatCounts(() => Interlocked.Increment(ref copied))).WaitAsync(Runs.Patience));
            var (before, resizing) = (log.Packets, run.ScaleConsumer(tap.To, random.Next(1, 4)));
            await Threads.Eventually(() => log.Packets > before + 500);
            Assert.True(await run.RemoveRoute(tap).WaitAsync(Runs.Patience));
            Assert.True(await scaling.WaitAsync(Runs.Patience) && await resizing.WaitAsync(Runs.Patience));
        }

        run.Drain();
        var outcome = await Runs.ToEnd(run, nic);
        Assert.DoesNotContain(outcome.View.Ledger.DroppedByReason, r => r.Value.Packets > 0);
        Assert.Equal(0, log.OutOfOrder);
        Assert.Equal((outcome.View.Ledger.Received.Packets, copied), (log.Packets, outcome.View.Ledger.CopiesDelivered.Packets));
    }

    [Fact]
    public async Task A_silent_source_takes_routes_too()
    {
        var nic = NicOf(1);
        nic[0].IsSilent = true;
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));

        Assert.True(await run.AddRoute(Tap, Runs.Bypass("tap"), () => new CountConsumer()).WaitAsync(Runs.Patience));
        Assert.True(await run.RemoveRoute(Tap).WaitAsync(Runs.Patience));

        run.Drain();
        await Runs.ToEnd(run, nic);
    }

    [Fact]
    public async Task A_route_to_a_consumer_that_is_there_shares_it_and_leaves_it_there()
    {
        var (nic, log, copies) = (NicOf(1), new FlowLog(), new FlowLog());
        RouteOptions[] routes = [new() { To = "other", Mark = 7, MarkMask = uint.MaxValue }, ToHandler];
        await using var run = PipelineRun.Start(Runs.Setup(nic, routes, ("handler", () => new FlowConsumer(log)), ("other", () => new FlowConsumer(copies))));

        Assert.True(await run.AddRoute(Tap with { To = "other" }).WaitAsync(Runs.Patience));
        await Threads.Eventually(() => copies.Packets > 1_000);
        Assert.True(await run.RemoveRoute(Tap with { To = "other" }).WaitAsync(Runs.Patience));

        Assert.Equal(ConsumerState.Running, run.View().Consumers.Single(c => c.Name == "other").Instances.Single().State);
        run.Drain();
        await Runs.ToEnd(run, nic);
    }

    [Fact]
    public async Task Where_routes_of_the_beginning_that_fall_back_on_the_stack_are_gone_a_route_to_a_new_consumer_is_taken()
    {
        var nic = NicOf(1);
        RouteOptions[] routes = [.. new[] { "a", "b" }.Select(name => new RouteOptions { To = name, Mark = 7, MarkMask = 7, OnFailure = OnFailure.ToStack })];
        await using var run = PipelineRun.Start(Runs.Setup(nic, routes, ("a", () => new CountConsumer()), ("b", () => new CountConsumer())));
        foreach (var route in routes) Assert.True(await run.RemoveRoute(route).WaitAsync(Runs.Patience));

        Assert.True(await run.AddRoute(Tap, Runs.Bypass("tap"), () => new CountConsumer()).WaitAsync(Runs.Patience));

        await Threads.Eventually(() => run.View().Ledger.CopiesDelivered.Packets > 1_000);
        run.Drain();
        await Runs.ToEnd(run, nic);
    }

    [Fact]
    public async Task Orders_that_make_no_sense_are_refused_and_change_nothing()
    {
        var nic = NicOf(1);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));

        Assert.False(await run.AddRoute(Tap).WaitAsync(Runs.Patience));
        Assert.False(await run.RemoveRoute(Tap).WaitAsync(Runs.Patience));
        Assert.False(await run.RemoveRoute(ToHandler).WaitAsync(Runs.Patience));
        await Assert.ThrowsAsync<ArgumentException>(() => run.AddRoute(Tap, Runs.Bypass("handler")));
        await Assert.ThrowsAsync<ArgumentException>(() => run.AddRoute(Tap with { To = "handler" }, Runs.Bypass("handler")));
        Assert.Contains("fall back", (await Assert.ThrowsAsync<InvalidOperationException>(() => run.AddRoute(Tap with { Copy = false, Overload = Overload.ToStack }, Runs.Bypass("tap")))).Message, StringComparison.Ordinal);
        Assert.Contains("mailbox", (await Assert.ThrowsAsync<InvalidOperationException>(() => run.AddRoute(Tap with { To = "handler" }))).Message, StringComparison.Ordinal);

        Assert.Equal(["handler"], run.View().Routes.Select(r => r.Options.To));
        run.Drain();
        await Runs.ToEnd(run, nic);
        Assert.False(await run.AddRoute(Tap, Runs.Bypass("tap")).WaitAsync(Runs.Patience));
    }

    [Fact]
    public async Task Options_that_make_no_sense_are_refused_before_anything_changes()
    {
        var nic = NicOf(1);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));

        await Assert.ThrowsAsync<ArgumentException>(() => run.AddRoute(Tap, Runs.Bypass("tap", 0), () => new CountConsumer()));
        await Assert.ThrowsAsync<ArgumentException>(() => run.AddRoute(Tap, Runs.Bypass("tap", 65), () => new CountConsumer()));
        await Assert.ThrowsAsync<ArgumentException>(() => run.AddRoute(Tap with { Share = 2 }, Runs.Bypass("tap"), () => new CountConsumer()));
        await Assert.ThrowsAsync<ArgumentException>(() => run.AddRoute(Tap with { To = "a tap" }, Runs.Bypass("a tap"), () => new CountConsumer()));

        Assert.True(await run.AddRoute(Tap, Runs.Bypass("tap"), () => new CountConsumer()).WaitAsync(Runs.Patience));
        run.Drain();
        await Runs.ToEnd(run, nic);
    }

    [Fact]
    public async Task A_consumer_whose_output_could_not_be_created_may_be_declared_again()
    {
        var nic = NicOf(1);
        using var folder = new TemporaryFolder();
        ConsumerOptions Writing(string path) => new() { Name = "tap", Kind = ConsumerKind.AfPacket, Write = path };
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));

        await Assert.ThrowsAsync<OutputException>(() => run.AddRoute(Tap, Writing(folder["none/tap.pcapng"])).WaitAsync(Runs.Patience));
        Assert.Equal(["handler"], run.View().Routes.Select(r => r.Options.To));
        Assert.True(await run.AddRoute(Tap, Writing(folder["tap.pcapng"])).WaitAsync(Runs.Patience));
        await Threads.Eventually(() => run.View().Ledger.CopiesDelivered.Packets > 1_000);
        Assert.True(await run.RemoveRoute(Tap).WaitAsync(Runs.Patience));

        run.Drain();
        await Runs.ToEnd(run, nic);
        Assert.True(new FileInfo(folder["tap.pcapng"]).Length > 1_000);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whenever_a_run_ends_while_a_route_comes_or_goes_the_books_balance(bool abort)
    {
        for (var i = 0; i < 30; i++)
        {
            var (nic, random) = (NicOf(2), new Random(i));
            await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));
            var adding = run.AddRoute(Tap, Runs.Bypass("tap", 2), () => new CountConsumer());
            if (random.Next(2) == 0) await adding.WaitAsync(Runs.Patience);
            var removing = run.RemoveRoute(Tap);
            if (random.Next(2) == 0) await Task.Yield();

            if (abort) run.Abort();
            else run.Drain();
            await Runs.ToEnd(run, nic);
            await Task.WhenAll(adding, removing).WaitAsync(Runs.Patience);
        }
    }

    private static FakeNic NicOf(int queues) => FlowPackets.NicOf(long.MaxValue, queues);

    private sealed class HandlerThatCounts(Action onPacket) : IPacketConsumer
    {
        public void Consume(scoped PacketBatch batch)
        {
            for (var i = 0; i < batch.Count; i++) onPacket();
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
