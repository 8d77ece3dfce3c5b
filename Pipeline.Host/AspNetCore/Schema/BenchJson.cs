namespace Pipeline.Host.Schema;

/// <summary>The output of every benchmark with <c>--json</c>: the machine, and the rows in the order of the table.</summary>
internal sealed record BenchJson<TRow>(string Machine, IReadOnlyList<TRow> Rows);

/// <summary>
/// A row of <c>bench classify</c>. Figures on packets that are not in a cache are null for an engine that is measured on hot packets only.
/// </summary>
internal sealed record ClassifyRowJson(
    string Engine, int Rules, double? NsPerPacket, double? TouchNsPerPacket, double HotNsPerPacket, double HotTouchNsPerPacket, double CompileMilliseconds);

/// <summary>A row of <c>bench live</c>: one queue. <c>CpuNsPerPacket</c> is null where no packet came.</summary>
internal sealed record LiveRowJson(
    string Queue, long Packets, long Bytes, long Bundles, long Sleeps, double Seconds, double CpuSeconds, double? CpuNsPerPacket,
    IReadOnlyDictionary<string, long> Lost);

/// <summary>A row of <c>bench handoff</c>.</summary>
internal sealed record HandoffRowJson(
    string Engine, int Bundle, double NsPerBundle, double NsPerPacket, double P50Microseconds, double P999Microseconds, double AllocatedBytesPerBundle);
