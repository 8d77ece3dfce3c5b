using Pipeline.Actors.Telemetry;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>Views as snapshots. Streams at the same rate get the same view, of which one snapshot is made for all of them.</summary>
/// <param name="isReadOnly">Whether the server refuses every change.</param>
internal sealed class Snapshots(bool isReadOnly)
{
    private volatile Made? _latest;

    public SnapshotJson Of(PipelineView view)
    {
        if (_latest is { } latest && ReferenceEquals(latest.View, view)) return latest.Snapshot;
        var made = new Made(view, New(view) with { ReadOnly = isReadOnly });
        _latest = made;
        return made.Snapshot;
    }

    public static SnapshotJson New(PipelineView view)
    {
        var status = StatusSentence.Of(view);
        return SnapshotJson.Of(view, new StatusJson(JsonWord.Of(status.Mood), status.Text), RuntimeJson.Now());
    }

    private sealed record Made(PipelineView View, SnapshotJson Snapshot);
}
