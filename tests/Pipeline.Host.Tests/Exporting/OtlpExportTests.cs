using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Host.Exporting;
using Pipeline.Host.Tests.Server;
using Xunit;

namespace Pipeline.Host.Tests.Exporting;

/// <summary>Figures go to a collector, and a collector that takes none costs nothing but an event.</summary>
public sealed class OtlpExportTests
{
    [Fact]
    public async Task A_collector_gets_every_metric_under_its_name_at_the_end_at_the_latest()
    {
        await using var collector = await Collector.Start();
        await using var served = await ServedRun.Start();

        await OtlpExport.Start(To(collector.Address, TimeSpan.FromHours(1)), "edge", served.Run.Events).DisposeAsync();

        var (path, body) = Assert.Single(collector.Received);
        Assert.Equal("/v1/metrics", path);
        Assert.All(PipelineMetrics.All.Where(m => m.Samples(served.Run.View()).Any()), m => Assert.Contains(m.InstrumentName, body, StringComparison.Ordinal));
        Assert.All(["pipeline.handoff_seconds_bucket", "service.name", "edge"], text => Assert.Contains(text, body, StringComparison.Ordinal));
        Assert.DoesNotContain(served.Run.Events.Read(), e => e.Kind == PipelineEventKind.ExportFailed);
    }

    [Fact]
    public async Task A_collector_that_refuses_is_told_once_and_so_is_its_return()
    {
        await using var collector = await Collector.Start();
        await using var served = await ServedRun.Start();
        collector.Status = 400;
        await using (OtlpExport.Start(To(collector.Address, TimeSpan.FromMilliseconds(20)), "edge", served.Run.Events))
        {
            await Until(() => collector.Received.Count > 5);
            collector.Status = 200;
            await Until(() => served.Run.Events.Read().Any(e => e.Kind == PipelineEventKind.ExportBack));
        }

        var told = served.Run.Events.Read().Where(e => e.Where == "otlp").ToList();
        Assert.Equal([PipelineEventKind.ExportFailed, PipelineEventKind.ExportBack], told.Select(e => e.Kind));
        Assert.Contains("it answered 400", told[0].Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OtlpProtocol.Http)]
    [InlineData(OtlpProtocol.Grpc)]
    public async Task A_collector_that_is_not_there_is_told_with_why(OtlpProtocol protocol)
    {
        await using var gone = await Collector.Start();
        var address = gone.Address;
        await gone.DisposeAsync();
        await using var served = await ServedRun.Start();

        await OtlpExport.Start(To(address, TimeSpan.FromHours(1)) with { Protocol = protocol }, "edge", served.Run.Events).DisposeAsync();

        Assert.Contains("Connection refused", Assert.Single(served.Run.Events.Read(), e => e.Kind == PipelineEventKind.ExportFailed).Words, StringComparison.Ordinal);
    }

    private static OtlpOptions To(Uri address, TimeSpan interval) => new() { Endpoint = address, Interval = interval, Protocol = OtlpProtocol.Http };

    private static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(ServedRun.Patience);
        while (!condition()) await Task.Delay(10, patience.Token);
    }
}
