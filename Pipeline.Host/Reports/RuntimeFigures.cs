using System.Diagnostics;

namespace Pipeline.Host.Reports;

/// <summary>What the process itself has used since it started.</summary>
/// <param name="Gen0">Collections.</param>
internal sealed record RuntimeFigures(int Gen0, long AllocatedBytes, long PeakWorkingSetBytes)
{
    public static RuntimeFigures Now()
    {
        using var process = Process.GetCurrentProcess();
        return new(GC.CollectionCount(0), GC.GetTotalAllocatedBytes(), process.PeakWorkingSet64);
    }
}
