using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Actors.Tests.Generations;
using Pipeline.Nic.Consumers;
using Xunit;

namespace Pipeline.Actors.Tests.Control;

/// <summary>What happens to a run stands in one log.</summary>
public sealed class EventSpecs
{
    private static readonly RouteOptions ToHandler = new() { To = "handler", Overload = Overload.Wait, Share = 1 };

    [Fact]
    public async Task Orders_and_rules_are_told_in_the_order_they_were_carried_out()
    {
        var nic = new FakeNic(long.MaxValue);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));

        await run.ScaleConsumer("handler", 3).WaitAsync(Runs.Patience);
        await run.PauseConsumer("handler");
        await run.ResumeConsumer("handler");
        await run.RestartConsumer("handler");
        await run.ApplyRules(RuleTexts.MarkingWith(2), "new.rules", "alice").WaitAsync(Runs.Patience);
        run.Drain();
        await Runs.ToEnd(run, nic);

        PipelineEventKind[] kinds = [PipelineEventKind.Started, PipelineEventKind.Scaled, PipelineEventKind.Paused, PipelineEventKind.Resumed, PipelineEventKind.Restarted, PipelineEventKind.RulesChanged, PipelineEventKind.Ending, PipelineEventKind.Ended];
        Assert.Equal(kinds, run.Events.Read().Select(e => e.Kind));
        Assert.Equal(("alice", 2), (run.Events.Read()[5].Who, run.Events.Read()[5].Generation));
        Assert.Equal(("handler", "has 3 instances"), (run.Events.Read()[1].Where, run.Events.Read()[1].Words));
    }

    [Fact]
    public async Task The_first_event_is_the_start_and_the_last_has_the_final_figures()
    {
        var nic = new FakeNic(100);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));

        var outcome = await Runs.ToEnd(run, nic);

        var events = run.Events.Read();
        Assert.Equal((PipelineEventKind.Started, PipelineEventKind.Ended), (events[0].Kind, events[^1].Kind));
        Assert.Same(outcome.View, events[^1].Final);
        Assert.Contains("received 100 = delivered 100", events[^1].Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_throws_is_told_with_what_it_threw()
    {
        var (nic, error, crashes) = (new FakeNic(10_000), new InvalidDataException("on order"), 0);
        var setup = Runs.Setup(nic, [ToHandler], ("handler", () => new RecordingConsumer([], _ => { if (Interlocked.Increment(ref crashes) == 1) throw error; })));
        var told = new List<PipelineEvent>();
        await using var run = PipelineRun.Start(setup with { OnEvent = told.Add });

        await Runs.ToEnd(run, nic);

        var failed = Assert.Single(run.Events.Read(), e => e.Kind == PipelineEventKind.HandlerFailed);
        Assert.Equal(("handler", "InvalidDataException: on order", error), (failed.Where, failed.Words, failed.Error));
        Assert.Equal(run.Events.Read(), told);
    }

    [Fact]
    public async Task A_fault_is_in_the_log_and_in_the_outcome()
    {
        var (nic, error) = (new FakeNic(10_000), new IOException("on order"));
        nic[0].Fault = (5_000, error);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Same(error, Assert.Single(outcome.Faults).Error);
        Assert.Same(error, Assert.Single(run.Events.Read(), e => e.Kind == PipelineEventKind.Fault).Error);
    }

    [Fact]
    public async Task A_source_that_goes_down_and_comes_back_is_told_with_why()
    {
        var nic = new FakeNic(long.MaxValue);
        nic[0].IsSilent = true;
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));

        nic[0].Trouble = "wire0 is down";
        await Threads.Eventually(() => run.Events.Last == 2);
        nic[0].Trouble = null;
        await Threads.Eventually(() => run.Events.Last == 3);
        run.Drain();
        await Runs.ToEnd(run, nic);

        Assert.Equal(
            [(PipelineEventKind.SourceDown, "fake:0"), (PipelineEventKind.SourceBack, "fake:0")],
            run.Events.Read().Skip(1).Take(2).Select(e => (e.Kind, e.Where)));
        Assert.Contains("wire0 is down", run.Events.Read()[1].Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listener_that_throws_costs_the_run_nothing()
    {
        var (nic, error) = (new FakeNic(10_000), new IOException("on order"));
        nic[0].Fault = (5_000, error);
        var setup = Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer()));
        await using var run = PipelineRun.Start(setup with { OnEvent = _ => throw new InvalidOperationException("no more room for logs") });

        await run.PauseConsumer("handler");
        await run.ResumeConsumer("handler");
        var outcome = await Runs.ToEnd(run, nic);

        Assert.Same(error, Assert.Single(outcome.Faults).Error);
        Assert.Equal(5_000, outcome.View.Ledger.Delivered.Packets);
    }

    [Fact]
    public async Task A_consumer_that_is_paused_already_is_not_told_of_again()
    {
        var nic = new FakeNic(long.MaxValue);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));

        await run.PauseConsumer("handler");
        await run.PauseConsumer("handler");
        await run.ResumeConsumer("handler");
        run.Drain();
        await Runs.ToEnd(run, nic);

        Assert.Single(run.Events.Read(), e => e.Kind == PipelineEventKind.Paused);
    }

    [Fact]
    public async Task Whoever_follows_comes_to_an_end_with_the_run()
    {
        var nic = new FakeNic(100);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));
        var following = Task.Run(async () =>
        {
            await foreach (var _ in run.Events.Follow())
            {
            }
        });

        await Runs.ToEnd(run, nic);

        await following.WaitAsync(Runs.Patience);
    }
}
