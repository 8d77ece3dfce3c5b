namespace Pipeline.Actors.Configuration;

/// <summary>How packets travel together.</summary>
public sealed record BundleOptions
{
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
}
