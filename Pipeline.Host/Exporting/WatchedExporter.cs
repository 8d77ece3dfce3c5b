using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using Pipeline.Actors.Telemetry;

namespace Pipeline.Host.Exporting;

/// <summary>
/// Tells when a collector begins to take nothing, and when it takes figures again. Figures that it did not take are not kept: the next have
/// all that they had.
/// </summary>
internal sealed class WatchedExporter(OtlpExporterOptions options, AnswerNotes notes, Uri endpoint, TimeSpan interval, EventLog events) : OtlpMetricExporter(options)
{
    private bool _isFailing;

    public override ExportResult Export(in Batch<Metric> metrics)
    {
        var result = base.Export(metrics);
        var fails = result != ExportResult.Success;
        if (fails == _isFailing) return result;
        _isFailing = fails;
        if (fails) events.Tell(PipelineEventKind.ExportFailed, "otlp", $"{endpoint} takes no figures: {notes.Problem ?? "it refuses them"}; tried again every {interval.TotalSeconds:0.###} s");
        else events.Tell(PipelineEventKind.ExportBack, "otlp", $"{endpoint} takes figures again");
        return result;
    }
}
