using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Xunit;

namespace Pipeline.Actors.Tests.Telemetry;

/// <summary>Watching a pipeline at work.</summary>
public sealed class WatchSpecs
{
    private static readonly RouteOptions ToHandler = new() { To = "handler", Overload = Overload.Wait, Share = 1 };

    [Fact]
    public async Task Whoever_watches_sees_later_and_later_views_that_balance()
    {
        var nic = new FakeNic(long.MaxValue);
        await using var run = Start(nic);

        var views = new List<PipelineView>();
        await foreach (var view in run.Watch(TimeSpan.FromMilliseconds(50)))
        {
            views.Add(view);
            if (views.Count == 5) break;
        }

        Assert.Equal(views.Select(v => v.Sequence).Order(), views.Select(v => v.Sequence));
        Assert.All(views, v => Assert.True(v.Balanced));
        Assert.True(views[^1].RateWindow > TimeSpan.Zero);
    }

    [Fact]
    public async Task The_last_view_is_the_final_one()
    {
        var nic = new FakeNic(10_000);
        await using var run = Start(nic);
        PipelineView? last = null;

        await foreach (var view in run.Watch(TimeSpan.FromSeconds(10))) last = view;

        var outcome = await Runs.ToEnd(run, nic);
        if (last is not null) Assert.Same(outcome.View, last);
        Assert.Same(outcome.View, run.View());
    }

    [Fact]
    public async Task After_the_end_there_is_nothing_to_watch()
    {
        var nic = new FakeNic(100);
        await using var run = Start(nic);
        await Runs.ToEnd(run, nic);

        await foreach (var view in run.Watch(TimeSpan.FromSeconds(10))) Assert.Fail($"view {view.Sequence}");
    }

    [Fact]
    public async Task Someone_slow_misses_views_and_gets_the_latest()
    {
        var watchers = new Watchers();
        await using var slow = watchers.Watch(TimeSpan.Zero, default).GetAsyncEnumerator();
        var first = slow.MoveNextAsync().AsTask();

        for (var i = 1; i <= 5; i++)
        {
            watchers.Publish(View(i));
            if (i == 1) await first;
        }

        Assert.Equal(1, slow.Current.Sequence);
        await slow.MoveNextAsync();
        Assert.Equal(5, slow.Current.Sequence);
    }

    [Fact]
    public async Task Each_is_served_at_the_pace_it_asked_for()
    {
        var watchers = new Watchers();
        await using var eager = watchers.Watch(TimeSpan.FromSeconds(1), default).GetAsyncEnumerator();
        await using var calm = watchers.Watch(TimeSpan.FromSeconds(5), default).GetAsyncEnumerator();
        var (fromEager, fromCalm) = (eager.MoveNextAsync().AsTask(), calm.MoveNextAsync().AsTask());
        Assert.Equal(TimeSpan.FromSeconds(1), watchers.Interval);

        watchers.Publish(View(1));
        await fromEager;
        await fromCalm;
        watchers.Publish(View(2));

        await eager.MoveNextAsync();
        Assert.Equal(2, eager.Current.Sequence);
        var next = calm.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        watchers.Publish(View(6));
        await next;
        Assert.Equal(6, calm.Current.Sequence);
    }

    [Fact]
    public async Task Nothing_is_read_once_nobody_watches_any_more()
    {
        var nic = new FakeNic(long.MaxValue);
        await using var run = Start(nic);
        await foreach (var _ in run.Watch(TimeSpan.FromMilliseconds(50))) break;
        await foreach (var _ in run.Watch(TimeSpan.FromMilliseconds(50))) break;

        // Ask until the telemetry has heard that everybody left: from then on the numbers of views follow each other.
        for (var before = run.View().Sequence; ; )
        {
            await Task.Delay(200);
            var now = run.View().Sequence;
            if (now == before + 1) break;
            before = now;
        }
    }

    [Fact]
    public async Task The_routes_add_up_to_what_was_received()
    {
        var nic = new FakeNic(10_000, queues: 2);
        await using var run = Start(nic);

        var view = (await Runs.ToEnd(run, nic)).View;

        Assert.Equal(["handler"], view.Routes.Select(r => r.Options.To));
        Assert.Equal(view.Ledger.Received, view.Routes.Aggregate(default(PacketTally), (sum, r) => sum + r.Taken));
        Assert.Equal((ConsumerState.Completed, 0), (view.Consumers[0].Instances[0].State, view.Consumers[0].Instances[0].Mailbox.Depth));
        Assert.Equal(view.Consumers[0].Bundles, view.Consumers[0].Instances[0].Handoff.Bundles);
        Assert.All(view.Pools, p => Assert.Equal(0, p.PagesOut));
    }

    [Fact]
    public async Task A_consumer_that_failed_tells_what_it_failed_with()
    {
        var nic = new FakeNic(long.MaxValue);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler with { Overload = Overload.DropNew }], ("handler", () => throw new InvalidOperationException("no luck"))));

        await foreach (var view in run.Watch(TimeSpan.FromMilliseconds(50)))
        {
            var instance = view.Consumers[0].Instances[0];
            if (instance.Restarts < 1) continue;
            Assert.Equal((ConsumerState.BackingOff, "no luck"), (instance.State, instance.LastFailure));
            break;
        }
    }

    private static PipelineRun Start(FakeNic nic) => PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));

    private static PipelineView View(int second) => new()
    {
        Sequence = second,
        Generation = 1,
        Elapsed = TimeSpan.FromSeconds(second),
        AtRest = false,
        Queues = [],
        Rules = [],
        Unmatched = default,
        Selected = 0,
        Consumers = [],
        Ledger = new Ledger().Read(),
    };
}
