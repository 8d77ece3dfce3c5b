using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Control;

/// <summary>Whole pipelines under a flood, half of which is for a consumer that comes to a stand by times. Its route has a breaker, or has none.</summary>
public sealed class BreakerSpecs
{
    private static readonly BreakerOptions Quick = new() { Drops = 0.05, For = TimeSpan.FromMilliseconds(100), Back = TimeSpan.FromMilliseconds(100) };

    private static readonly RouteOptions ToSlow = new() { To = "slow", Mark = 1, MarkMask = 1, Overload = Overload.DropNew, Share = 0.25, Breaker = Quick };

    [Theory]
    [InlineData(1, Overload.DropNew)]
    [InlineData(2, Overload.DropOld)]
    public async Task Ten_times_a_route_opens_under_a_consumer_that_stands_still_and_closes_when_it_goes_on_and_the_books_balance(int seed, Overload overload)
    {
        var (nic, chance, valve) = (new FakeNic(long.MaxValue, pages: 16), new Chance((ulong)seed), new Valve());
        await using var run = PipelineRun.Start(Setup(nic, ToSlow with { Overload = overload }, valve));

        for (var turn = 0; turn < 10; turn++)
        {
            valve.Shut();
            await Threads.Eventually(() => IsOpen(run));
            var passed = run.View().Ledger.Passed.Packets;
            await Threads.Eventually(() => run.View().Ledger.Passed.Packets > passed);
            valve.Open();
            if (chance.OneIn(2)) Assert.True(await run.CloseBreaker("slow", "alice"));
            await Threads.Eventually(() => !IsOpen(run));
            var (before, more) = (Delivered(run), 1 + chance.Below(20_000));
            await Threads.Eventually(() => Delivered(run) >= before + more);
        }

        run.Drain();
        var outcome = await Runs.ToEnd(run, nic);
        var breaker = outcome.View.Routes[0].Breaker!;
        Assert.True(breaker.Openings >= 10, breaker.ToString());
        Assert.True(breaker.Pause <= 16 * Quick.Back, breaker.ToString());
        Assert.Empty(outcome.Faults);
        var told = run.Events.Read().Select(e => e.Kind).Where(k => k is PipelineEventKind.RouteOpened or PipelineEventKind.RouteClosed).ToList();
        Assert.Equal(breaker.Openings, told.Count(k => k == PipelineEventKind.RouteOpened));
        Assert.True(told.Count(k => k == PipelineEventKind.RouteClosed) >= 10);
    }

    [Fact]
    public async Task Without_a_breaker_no_packet_of_the_route_gets_past_a_consumer_that_stands_still()
    {
        var (nic, valve) = (new FakeNic(long.MaxValue, pages: 16), new Valve());
        await using var run = PipelineRun.Start(Setup(nic, ToSlow with { Breaker = null }, valve, last: "stack"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => run.CloseBreaker("slow"));
        valve.Shut();
        await Threads.Eventually(() => run.View().Ledger.DroppedByReason.GetValueOrDefault(DropReason.ShareExceeded).Packets > 200_000);
        valve.Open();
        run.Drain();

        var view = (await Runs.ToEnd(run, nic)).View;

        var slow = view.Ledger.Accounts.Single(a => a is { Name: "slow", Kind: AccountKind.Consumer });
        Assert.Equal(view.Rules[0].Matched, slow.Delivered + slow.Dropped);
        Assert.True(view.Ledger.Passed.Packets > 0);
        Assert.DoesNotContain(run.Events.Read(), e => e.Kind == PipelineEventKind.RouteOpened);
    }

    [Fact]
    public async Task While_it_is_open_the_pipeline_is_not_ready_and_says_why_and_only_an_order_closes_it_if_nothing_else_is_to()
    {
        var (nic, valve) = (new FakeNic(long.MaxValue, pages: 16), new Valve());
        await using var run = PipelineRun.Start(Setup(nic, ToSlow with { Breaker = Quick with { Back = null } }, valve));
        valve.Shut();
        await Threads.Eventually(() => IsOpen(run));
        valve.Open();

        var view = run.View();
        var reason = Assert.Single(PipelineHealth.Of(view).Reasons);
        Assert.StartsWith("route open: slow, mark 0x1/0x1: ", reason);
        Assert.EndsWith("of its packets were dropped within 0.1 s, more than 5 %; they go to the normal stack until somebody closes its breaker", reason);
        Assert.Equal([("pipeline_breaker_open", 1), ("pipeline_breaker_openings_total", 1)], Metrics(view));

        Assert.True(await run.CloseBreaker("slow", "alice"));
        Assert.True(await run.CloseBreaker("slow", "alice"));

        Assert.Equal(["the route of mark 0x1/0x1 closes; its packets come here again, by alice"], run.Events.Read().Where(e => e.Kind == PipelineEventKind.RouteClosed).Select(e => e.Words));
        Assert.False(await run.CloseBreaker("nobody"));
        run.Drain();
        await Runs.ToEnd(run, nic);
    }

    /// <summary>Each bundle that it throws on is lost at the consumer, and none on the way.</summary>
    [Fact]
    public async Task What_a_consumer_drops_opens_its_route_as_well()
    {
        var (nic, log) = (new FakeNic(long.MaxValue, pages: 16), new CallLog());
        var stack = new CountConsumer();
        var throwing = new ScriptedConsumer(log, _ => throw new InvalidDataException("on order"));
        var route = ToSlow with { Overload = Overload.Wait, Share = 1, Breaker = Quick with { Back = null } };
        await using var run = PipelineRun.Start(Runs.Setup(nic, [route, new RouteOptions { To = "stack" }], ("slow", () => throwing), ("stack", () => stack)) with { Rules = Halves });

        await Threads.Eventually(() => IsOpen(run));

        run.Drain();
        await Runs.ToEnd(run, nic);
    }

    private static readonly RuleSet Halves = Generations.RuleTexts.Set("rule odd match 7:01:01 mark 1\n");

    private static IEnumerable<(string Name, long Value)> Metrics(PipelineView view) =>
        from metric in PipelineMetrics.All
        where metric.Name.Contains("breaker", StringComparison.Ordinal)
        from sample in metric.Samples(view)
        where sample.Labels.SequenceEqual([new("consumer", "slow"), new("mark", "0x1/0x1")])
        select (metric.Name, sample.Value);

    private static long Delivered(PipelineRun run) => run.View().Consumers.Single(c => c.Name == "slow").Delivered.Packets;

    private static bool IsOpen(PipelineRun run) => run.View().Routes[0].Breaker!.IsOpen;

    private static PipelineSetup Setup(FakeNic nic, RouteOptions route, Valve valve, string last = "fast") =>
        Runs.Setup(nic, [route, new RouteOptions { To = last, Overload = Overload.DropNew }], ("slow", () => valve), ("fast", () => new CountConsumer()), ("stack", () => new CountConsumer())) with { Rules = Halves };

    /// <summary>A consumer that stands still while it is shut.</summary>
    private sealed class Valve : IPacketConsumer
    {
        private readonly ManualResetEventSlim _isOpen = new(true);

        public void Shut() => _isOpen.Reset();

        public void Open() => _isOpen.Set();

        public void Consume(scoped PacketBatch batch) => _isOpen.Wait(Runs.Patience);

        public void Flush()
        {
        }

        public void Complete()
        {
        }

        public void Dispose() => Open();
    }
}
