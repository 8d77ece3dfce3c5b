using Pipeline.Actors.Telemetry;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>A view as JSON. Streams at the same rate get the same view, which is written once for all of them.</summary>
internal sealed class Snapshots
{
    private volatile Written? _latest;

    public ReadOnlyMemory<byte> Write(PipelineView view)
    {
        if (_latest is { } latest && ReferenceEquals(latest.View, view)) return latest.Json;
        var written = new Written(view, JsonText.Bytes(Of(view), JsonShapes.Default.SnapshotJson));
        _latest = written;
        return written.Json;
    }

    public static SnapshotJson Of(PipelineView view)
    {
        var status = StatusSentence.Of(view);
        return SnapshotJson.Of(view, new StatusJson(JsonWord.Of(status.Mood), status.Text), RuntimeJson.Now());
    }

    private sealed record Written(PipelineView View, ReadOnlyMemory<byte> Json);
}
