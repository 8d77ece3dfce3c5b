using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration;

/// <summary>How packets travel together.</summary>
public sealed record BundleOptions
{
    internal const int MostPackets = 1024;

    internal static readonly TimeSpan LongestLatency = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The most packets in a bundle; null for a default that suits the source: <see cref="UnhurriedPackets"/> for a file, which can wait,
    /// else <see cref="LivePackets"/>.
    /// </summary>
    public int? Packets { get; init; }

    /// <summary>The longest a packet waits for its bundle to fill.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMicroseconds(50);

    /// <summary>
    /// The limit where a packet should not wait. At 64 the cost of the handoff is already spread so thin that a larger bundle saves little.
    /// </summary>
    internal const int LivePackets = 64;

    /// <summary>
    /// The limit where packets come as fast as they are taken and there is no latency to keep. The fixed cost of a bundle is spread over
    /// four times as many packets, and the two threads meet less often (docs/benchmarks/first-light.md).
    /// </summary>
    internal const int UnhurriedPackets = 256;

    /// <summary>The problems of these options; empty when there are none.</summary>
    internal IEnumerable<OptionProblem> Check()
    {
        foreach (var problem in OptionProblem.Unless(Packets ?? 1, 1, MostPackets, "packets", "packets to a bundle")) yield return problem;
        if (Latency < TimeSpan.Zero || Latency > LongestLatency)
            yield return new("latency", $"a packet may wait {Latency.TotalSeconds} s; expected 0 to {LongestLatency.TotalSeconds} s");
    }
}
