using System.Diagnostics;

namespace Pipeline.Host.Schema;

/// <summary>What the process has used since it started.</summary>
/// <param name="Gen0">Garbage collections; so are <paramref name="Gen1"/> and <paramref name="Gen2"/>.</param>
/// <param name="GcPauseSeconds">The time of all collections together.</param>
internal sealed record RuntimeJson(
    int Gen0, int Gen1, int Gen2, double GcPauseSeconds, long AllocatedBytes, long WorkingSetBytes, long PeakWorkingSetBytes)
{
    public static RuntimeJson Now()
    {
        using var process = Process.GetCurrentProcess();
        return new(
            GC.CollectionCount(0),
            GC.CollectionCount(1),
            GC.CollectionCount(2),
            Math.Round(GC.GetTotalPauseDuration().TotalSeconds, 6),
            GC.GetTotalAllocatedBytes(),
            process.WorkingSet64,
            process.PeakWorkingSet64);
    }
}
