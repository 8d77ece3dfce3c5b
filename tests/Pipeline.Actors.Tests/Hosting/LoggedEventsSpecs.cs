using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Actors.Tests.Generations;
using Pipeline.Nic.Consumers;
using Xunit;

namespace Pipeline.Actors.Tests.Hosting;

/// <summary>A hosted pipeline logs its events with their fields.</summary>
public sealed class LoggedEventsSpecs
{
    [Fact]
    public async Task Events_go_to_one_category_with_an_id_for_each_kind_and_their_fields_by_name()
    {
        var (nic, log) = (new FakeNic(long.MaxValue), new LogBook());
        using var host = Applications.With(s => s.AddPipeline("edge", p => p.ReceiveFrom(_ => nic).Handler<CountConsumer>("handler").Route(new RouteOptions { To = "handler", Overload = Overload.Wait, Share = 1 })), log);
        await host.StartAsync();
        var pipeline = host.Services.GetRequiredKeyedService<IPipeline>("edge");
        await pipeline.Run.ApplyRules(RuleTexts.MarkingWith(2), "new.rules", "alice").WaitAsync(Runs.Patience);
        await host.StopAsync();
        var outcome = await pipeline.Completion.WaitAsync(Runs.Patience);

        var events = log.Entries.Zip(log.Records).Where(e => e.First.Category == "Pipeline.Events").ToList();

        PipelineEventKind[] kinds = [PipelineEventKind.Started, PipelineEventKind.RulesChanged, PipelineEventKind.Ending, PipelineEventKind.Ended];
        Assert.Equal(kinds.Select(k => new EventId(100 + (int)k, $"{k}")), events.Select(e => e.Second.Id));
        Assert.All(events, e => Assert.Equal((LogLevel.Information, "edge"), (e.First.Level, e.Second.Fields["Pipeline"])));
        Assert.Equal(("alice", 2), (events[1].Second.Fields["Who"], events[1].Second.Fields["Generation"]));
        Assert.Equal((outcome.View.Ledger.Received.Packets, true), (events[3].Second.Fields["Received"], events[3].Second.Fields["Balanced"]));
    }

    /// <summary>Whoever filters by an id relies on it.</summary>
    [Theory]
    [InlineData(PipelineEventKind.Fault, 100)]
    [InlineData(PipelineEventKind.RulesChanged, 106)]
    [InlineData(PipelineEventKind.Loss, 111)]
    [InlineData(PipelineEventKind.Started, 118)]
    [InlineData(PipelineEventKind.LossEnded, 119)]
    [InlineData(PipelineEventKind.Ended, 120)]
    [InlineData(PipelineEventKind.ExportBack, 122)]
    [InlineData(PipelineEventKind.TakenBack, 125)]
    public void The_id_of_a_kind_stays(PipelineEventKind kind, int id) => Assert.Equal(id, 100 + (int)kind);
}
