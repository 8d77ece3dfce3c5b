using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Xunit;

namespace Pipeline.Actors.Tests.Telemetry;

/// <summary>What dotnet-counters and OpenTelemetry see of a run.</summary>
public sealed class InstrumentsSpecs
{
    private static readonly RouteOptions ToHandler = new() { To = "handler", Overload = Overload.Wait, Share = 1 };

    private readonly string _name = $"run-{Guid.NewGuid():N}";

    [Fact]
    public async Task Every_instrument_says_what_the_report_of_the_run_says()
    {
        var nic = new FakeNic(10_000);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())) with { Name = _name });
        var outcome = await Runs.ToEnd(run, nic);
        using var reader = new MeterReader(_name);

        var read = reader.Collect();

        var expected = PipelineMetrics.All.SelectMany(m => m.Samples(outcome.View).Select(s => (Key: MeterReader.Key(m.InstrumentName, s.Labels), Value: s.Seconds ?? s.Value))).ToList();
        Assert.All(expected, e => Assert.Equal(e.Value, read[e.Key]));
        Assert.Equal(10_000, read["pipeline.delivered_packets{consumer=handler}"]);
        Assert.Equal(outcome.View.Handoff.Bundles, read["pipeline.handoff_seconds_count"]);
        Assert.Equal(outcome.View.Handoff.Bundles, read["pipeline.handoff_seconds_bucket{le=+Inf}"]);
        Assert.Equal(outcome.View.Handoff.TotalSeconds, read["pipeline.handoff_seconds_sum"]);
        Assert.Equal(expected.Count + HandoffView.BucketSeconds.Count + 3, read.Count);
    }

    [Fact]
    public async Task All_instruments_of_one_collection_are_of_one_moment()
    {
        var nic = new FakeNic(long.MaxValue);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())) with { Name = _name });
        using var reader = new MeterReader(_name);

        for (var i = 0; i < 200; i++)
        {
            var read = reader.Collect();
            Assert.Equal(Sum("received"), Sum("delivered") + Sum("passed") + Sum("dropped") + read["pipeline.in_flight_packets"]);

            double Sum(string fate) => read.Where(r => r.Key.Split('{')[0] == $"pipeline.{fate}_packets").Sum(r => r.Value);
        }

        run.Drain();
        await Runs.ToEnd(run, nic);
    }

    [Fact]
    public async Task A_later_collection_sees_later_figures()
    {
        var nic = new FakeNic(long.MaxValue);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())) with { Name = _name });
        using var reader = new MeterReader(_name);

        var first = reader.Collect()["pipeline.received_packets{queue=fake:0}"];

        await Threads.Eventually(() => reader.Collect()["pipeline.received_packets{queue=fake:0}"] > first);
        run.Drain();
        await Runs.ToEnd(run, nic);
    }

    [Fact]
    public async Task The_instruments_go_with_the_run()
    {
        var nic = new FakeNic(10);
        await using (var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())) with { Name = _name })) await Runs.ToEnd(run, nic);
        using var reader = new MeterReader(_name);

        Assert.Empty(reader.Collect());
        Assert.Empty(reader.Published);
    }

    [Fact]
    public async Task A_hosted_pipeline_has_its_meter_from_the_host()
    {
        using var host = Applications.With(s => s.AddPipeline(_name, p => p.ReceiveFrom(_ => new FakeNic(100)).Handler<CountConsumer>("handler").Route(ToHandler)));
        using var reader = new MeterReader(_name);

        await host.StartAsync();
        await host.Services.GetRequiredKeyedService<IPipeline>(_name).Completion.WaitAsync(Runs.Patience);

        Assert.All(reader.Published, i => Assert.Same(host.Services.GetRequiredService<IMeterFactory>(), i.Meter.Scope));
        Assert.Equal(100, reader.Collect()["pipeline.delivered_packets{consumer=handler}"]);
    }

    [Fact]
    public void Names_become_those_of_the_metrics_page_by_the_rules_of_exporters()
    {
        Assert.All(PipelineMetrics.All, metric =>
        {
            var exported = metric.InstrumentName.Replace('.', '_') + (metric.Kind == PipelineMetricKind.Counter ? "_total" : "");
            Assert.Equal(metric.Name, exported);
            if (metric.Unit == "By") Assert.Contains("_bytes", metric.Name, StringComparison.Ordinal);
        });
        Assert.Equal(PipelineMetrics.All.Count, PipelineMetrics.All.Select(m => m.InstrumentName).Distinct().Count());
    }

    [Fact]
    public void A_huge_set_of_rules_adds_a_bounded_number_of_series_that_sum_up_to_all()
    {
        var view = Views.Of([.. Enumerable.Range(1, 5000).Select(i => new RuleView($"r{i}", 1, uint.MaxValue, new PacketTally(i, 64 * i)))]);
        using var instruments = new PipelineInstruments(factory: null, _name, () => view);
        using var reader = new MeterReader(_name);

        var rules = reader.Collect().Where(r => r.Key.StartsWith("pipeline.rule_packets", StringComparison.Ordinal)).ToList();

        Assert.Equal(PipelineInstruments.MostValues + 1, rules.Count);
        Assert.Equal(view.Rules.Sum(r => r.Matched.Packets), rules.Sum(r => r.Value));
        Assert.Contains("pipeline.rule_packets{rule=(others)}", rules.Select(r => r.Key));
    }
}
