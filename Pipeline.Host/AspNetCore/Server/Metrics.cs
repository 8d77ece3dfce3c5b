using Pipeline.Actors.Telemetry;

namespace Pipeline.Host.Server;

/// <summary>A view as metrics. All figures of one scrape come from one reading of the books, so their sums are the ledger's.</summary>
internal static class Metrics
{
    /// <returns>Lines with their ends, made as they are enumerated.</returns>
    public static IEnumerable<string> Of(PipelineView view)
    {
        var text = new MetricsText();
        foreach (var metric in PipelineMetrics.All) text.Family(metric, view);
        var handoff = view.Handoff;
        text.Histogram(PipelineMetrics.Handoff, PipelineMetrics.HandoffHelp, HandoffView.BucketSeconds, handoff.Counts, handoff.TotalSeconds);
        text.Counter("process_gc_pause_seconds_total", "Time the garbage collector held the program up.", GC.GetTotalPauseDuration().TotalSeconds);
        text.Counter("process_allocated_bytes_total", "Bytes allocated on the managed heap.", GC.GetTotalAllocatedBytes());
        text.Gauge("process_resident_memory_bytes", "Resident memory.", Environment.WorkingSet);
        return text.Lines;
    }
}
