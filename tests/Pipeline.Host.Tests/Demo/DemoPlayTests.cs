using Pipeline.Actors.Telemetry;
using Pipeline.Host.Demo;
using Pipeline.Host.Running;
using Pipeline.Nic.Accounts;
using Xunit;

namespace Pipeline.Host.Tests.Demo;

/// <summary>Every act happens to a real run, and its books balance in the end.</summary>
public sealed class DemoPlayTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly StagedRun _staged = new();

    private Run Run => _staged.Run;

    public ValueTask DisposeAsync() => _staged.DisposeAsync();

    [Fact]
    public async Task A_crash_costs_its_bundle_and_a_new_instance_goes_on()
    {
        await Order(DemoAct.Crash);

        var failed = await Happens(e => e.Kind == PipelineEventKind.HandlerFailed);
        Assert.Contains("told to crash", failed.Words);
        var before = Run.View().Consumers.Single(c => c.Name == "flows").Delivered.Packets;
        await Sees(view => view.Consumers.Single(c => c.Name == "flows") is { Restarts: 1, Delivered.Packets: var delivered } && delivered > before);
        Assert.InRange((await Drained()).Ledger.DroppedByReason[DropReason.ConsumerFailed].Packets, 1, 64);
    }

    [Fact]
    public async Task A_consumer_that_hangs_drops_what_its_share_has_no_room_for_and_the_end_does_not_wait_for_it()
    {
        await Order(DemoAct.Hang);

        var loss = await Happens(e => e is { Kind: PipelineEventKind.Loss, Where: "flows" });
        Assert.Contains("share-exceeded", loss.Words);
        Assert.False((await Drained()).Ledger.DroppedByReason.ContainsKey(DropReason.Shutdown));
    }

    [Fact]
    public async Task A_ring_that_is_overrun_loses_packets_of_one_queue()
    {
        await Order(DemoAct.Overrun);

        var loss = await Happens(e => e.Kind == PipelineEventKind.Loss);
        Assert.Matches("^sim:[01]$", loss.Where);
        Assert.Contains("ring-full", loss.Words);
        Assert.True((await Drained()).Ledger.DeviceLost.Values.Sum() > 0);
    }

    [Fact]
    public async Task A_flood_comes_in_on_one_queue_and_two_of_them_do_not_come_at_once()
    {
        await Order(DemoAct.Elephant);

        Assert.False((await _staged.Play.Perform(DemoAct.Elephant, Run, "tests")).IsDone);
        await Sees(view => view.Queues.Max(q => q.Received.Packets + q.Lost.Values.Sum()) > 100_000);
        var queues = (await Drained()).Queues.Select(q => q.Received.Packets + q.Lost.Values.Sum()).ToList();
        Assert.True(queues.Max() > 2 * queues.Min(), string.Join(", ", queues));
    }

    [Fact]
    public async Task A_broken_rule_is_refused_with_its_position_and_the_rules_stay()
    {
        var words = await Order(DemoAct.BrokenRule);

        Assert.StartsWith("refused: demo:2:27: error: value '10800' does not fit mask 'ffff'", words);
        Assert.EndsWith("; generation 1 stays in force", words);
        Assert.DoesNotContain('\n', words);
        Assert.Equal(1, (await Drained()).Generation);
    }

    [Fact]
    public async Task A_slow_consumer_drops_what_it_has_no_time_for()
    {
        await Order(DemoAct.Slow);

        await Sees(view => view.Consumers.Single(c => c.Name == "flows").Delivered.Packets > 0);
        await Drained();
    }

    [Fact]
    public async Task Each_act_is_an_event_with_who_ordered_it_before_anything_is_lost()
    {
        await Order(DemoAct.Crash);

        await Happens(e => e.Kind == PipelineEventKind.Loss);
        Assert.Equal("crash, by tests: " + DemoAct.Crash.Words, Run.Events.Read()[1].Words);
        Assert.Equal(PipelineEventKind.Noted, Run.Events.Read()[1].Kind);
    }

    [Fact]
    public async Task After_the_end_nothing_goes_wrong_any_more()
    {
        await Drained();

        Assert.Equal((false, "the run is over"), await _staged.Play.Perform(DemoAct.Crash, Run, "tests"));
    }

    [Fact]
    public async Task Acts_for_a_wire_or_a_consumer_that_is_not_there_are_refused()
    {
        using var bare = new DemoPlay(tellsStory: false);

        Assert.Equal((false, "there is no consumer flows"), await bare.Perform(DemoAct.Hang, Run, "tests"));
        Assert.Equal((false, "the source is no free-running simulator with a rate"), await bare.Perform(DemoAct.Overrun, Run, "tests"));
    }

    private async Task<string> Order(DemoAct act)
    {
        var (isDone, words) = await _staged.Play.Perform(act, Run, "tests");
        Assert.True(isDone, words);
        return words;
    }

    private async Task<PipelineEvent> Happens(Func<PipelineEvent, bool> isIt)
    {
        using var patience = new CancellationTokenSource(Patience);
        await foreach (var happened in Run.Events.Follow(0, patience.Token))
        {
            if (isIt(happened)) return happened;
        }

        throw new InvalidOperationException("The run has ended before it happened.");
    }

    private async Task Sees(Func<PipelineView, bool> isIt)
    {
        using var patience = new CancellationTokenSource(Patience);
        await foreach (var view in Run.Watch(TimeSpan.FromMilliseconds(50), patience.Token))
        {
            if (isIt(view)) return;
        }
    }

    private async Task<PipelineView> Drained()
    {
        Run.Drain();
        var view = (await Run.Completion.WaitAsync(Patience)).View;
        Assert.True(view.Balanced);
        return view;
    }
}
