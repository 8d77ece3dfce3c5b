using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Host.Commands;

namespace Pipeline.Host.Exporting;

/// <summary>
/// Sends the figures of a run to a collector, now and then and once more at the end. OpenTelemetry's libraries are loaded only with it.
/// </summary>
internal sealed class OtlpExport : IAsyncDisposable
{
    private const string MetricsPath = "/v1/metrics";

    /// <summary>The longest that one set of figures may take: figures are worth little later, and the end of a run waits for the last.</summary>
    private static readonly TimeSpan LongestSend = TimeSpan.FromSeconds(2);

    private readonly MeterProvider _provider;

    private OtlpExport(MeterProvider provider) => _provider = provider;

    /// <param name="options">The collector, whose endpoint is known.</param>
    /// <param name="name">The name of the run.</param>
    /// <param name="events">Is told when the collector takes nothing, and when it does again.</param>
    public static OtlpExport Start(OtlpOptions options, string name, EventLog events)
    {
        var exporter = new WatchedExporter(Options(options, out var notes), notes, AddressOf(options), options.Interval, events);
        var reader = new PeriodicExportingMetricReader(exporter, (int)options.Interval.TotalMilliseconds, (int)LongestSend.TotalMilliseconds);
        return new OtlpExport(Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(r => r.AddService("pipeline", serviceVersion: VersionCommand.Number, serviceInstanceId: name))
            .AddMeter(PipelineMetrics.MeterName)
            .AddReader(reader)
            .Build());
    }

    /// <summary>Sends the last figures, if that takes no longer than it may.</summary>
    public async ValueTask DisposeAsync() => await Task.Run(() =>
    {
        _provider.Shutdown((int)LongestSend.TotalMilliseconds);
        _provider.Dispose();
    });

    private static OtlpExporterOptions Options(OtlpOptions options, out AnswerNotes notes)
    {
        var noting = notes = new AnswerNotes();
        return new OtlpExporterOptions
        {
            Endpoint = AddressOf(options),
            Protocol = options.Protocol == OtlpProtocol.Http ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc,
            TimeoutMilliseconds = (int)LongestSend.TotalMilliseconds,
            HttpClientFactory = () => new HttpClient(noting) { Timeout = LongestSend },
        };
    }

    private static Uri AddressOf(OtlpOptions options) => options is { Protocol: OtlpProtocol.Http, Endpoint: { AbsolutePath: "/" } root } ? new Uri(root, MetricsPath) : options.Endpoint!;
}
