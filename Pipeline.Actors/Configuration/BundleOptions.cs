using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration;

/// <summary>How packets travel together.</summary>
public sealed record BundleOptions
{
    internal const int MostPackets = 1024;

    internal static readonly TimeSpan LongestLatency = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Most packets to a bundle; null for what suits the source: <see cref="UnhurriedPackets"/> for a file that waits for us, else
    /// <see cref="LivePackets"/>.
    /// </summary>
    public int? Packets { get; init; }

    /// <summary>The longest a packet waits for its bundle to fill.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMicroseconds(50);

    /// <summary>Where a packet should not wait: at 64 the handoff is already spread so thin that more packets save little.</summary>
    internal const int LivePackets = 64;

    /// <summary>
    /// Where packets come as fast as they are taken and no latency is to be kept: what a bundle costs, whatever is in it, is spread over
    /// four times as many, and the two threads meet less often (docs/benchmarks/first-light.md).
    /// </summary>
    internal const int UnhurriedPackets = 256;

    /// <summary>What is wrong with it; nothing where it can be used.</summary>
    internal IEnumerable<OptionProblem> Check()
    {
        foreach (var problem in OptionProblem.Unless(Packets ?? 1, 1, MostPackets, "packets", "packets to a bundle")) yield return problem;
        if (Latency < TimeSpan.Zero || Latency > LongestLatency) yield return new("latency", $"a packet may wait {Latency.TotalSeconds} s; expected 0 to {LongestLatency.TotalSeconds} s");
    }
}
