using System.Collections.Concurrent;
using System.Diagnostics;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Actors.Tests.Generations;
using Pipeline.Nic.Consumers;
using Xunit;

namespace Pipeline.Actors.Tests.Telemetry;

/// <summary>Changes of rules and restarts of consumers can be traced.</summary>
public sealed class SpansSpecs : IDisposable
{
    private static readonly ActivitySource Asker = new("asker");

    private readonly ConcurrentQueue<Activity> _ended = [];
    private readonly ActivityListener _listener;
    private readonly string _consumer = $"c{Guid.NewGuid():N}"[..20];

    public SpansSpecs()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name is "Pipeline" or "asker",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_change_of_rules_is_a_span_of_its_asker_with_its_steps_below_it()
    {
        var nic = new FakeNic(long.MaxValue);
        await using var run = Start(nic, () => new CountConsumer());
        using (var asker = Asker.StartActivity("deploy"))
        {
            await run.ApplyRules(RuleTexts.MarkingWith(2), "new.rules", "alice").WaitAsync(Runs.Patience);

            var change = Assert.Single(Of(asker!.TraceId), s => s.OperationName == "pipeline.rules.change");
            Assert.Equal(asker.SpanId, change.ParentSpanId);
            Assert.Equal(("apply", "alice", 2, "applied"), (change.GetTagItem("request"), change.GetTagItem("who"), change.GetTagItem("generation"), change.GetTagItem("outcome")));
            string[] steps = ["pipeline.rules.build", "pipeline.rules.check", "pipeline.rules.compile", "pipeline.rules.number", "pipeline.rules.swap"];
            await Threads.Eventually(() => Of(asker.TraceId).Count == steps.Length + 1);
            Assert.Equal(steps, Of(asker.TraceId).Select(s => s.OperationName).Where(n => n != "pipeline.rules.change").Order());
            Assert.Equal(change.SpanId, Assert.Single(Of(asker.TraceId), s => s.OperationName == "pipeline.rules.swap").ParentSpanId);
        }

        run.Drain();
        await Runs.ToEnd(run, nic);
    }

    [Fact]
    public async Task Rules_that_are_refused_end_their_span_with_an_error()
    {
        var nic = new FakeNic(long.MaxValue);
        await using var run = Start(nic, () => new CountConsumer());
        using var asker = Asker.StartActivity("deploy");

        await run.ApplyRules("rule x match oops mark 1", "new.rules", "alice").WaitAsync(Runs.Patience);

        var change = Assert.Single(Of(asker!.TraceId), s => s.OperationName == "pipeline.rules.change");
        Assert.Equal(("invalid", ActivityStatusCode.Error), (change.GetTagItem("outcome"), change.Status));
        run.Drain();
        await Runs.ToEnd(run, nic);
    }

    [Fact]
    public async Task A_consumer_that_is_made_anew_is_a_span_from_its_failure_to_its_return()
    {
        var (nic, throws) = (new FakeNic(5_000), 1);
        await using var run = Start(nic, () => new RecordingConsumer([], _ => { if (Interlocked.Exchange(ref throws, 0) == 1) throw new InvalidOperationException("not today"); }));

        await Runs.ToEnd(run, nic);

        var restart = Assert.Single(_ended, s => s.OperationName == "pipeline.consumer.restart" && Equals(s.GetTagItem("consumer"), _consumer));
        Assert.Equal(("failure", "System.InvalidOperationException", "running"), (restart.GetTagItem("cause"), restart.GetTagItem("error.type"), restart.GetTagItem("outcome")));
    }

    [Fact]
    public async Task Neither_packets_nor_bundles_have_spans()
    {
        var nic = new FakeNic(10_000);
        using var asker = Asker.StartActivity("all");
        await using var run = Start(nic, () => new CountConsumer());

        await Runs.ToEnd(run, nic);

        Assert.Empty(Of(asker!.TraceId));
    }

    private PipelineRun Start(FakeNic nic, Func<IPacketConsumer> make) =>
        PipelineRun.Start(Runs.Setup(nic, [new RouteOptions { To = _consumer, Overload = Overload.Wait, Share = 1 }], (_consumer, make)));

    private List<Activity> Of(ActivityTraceId trace) => [.. _ended.Where(s => s.TraceId == trace && s.Source.Name == "Pipeline")];
}
