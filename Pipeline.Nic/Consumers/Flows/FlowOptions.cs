namespace Pipeline.Nic.Consumers.Flows;

/// <summary>How flows are kept. Times are by the packets' own clock; zero means never.</summary>
public sealed record FlowOptions
{
    /// <summary>A table of this many takes somewhat more than half a gibibyte.</summary>
    public const int MostFlows = 1 << 22;

    /// <summary>
    /// The most flows at a time, 1 to <see cref="MostFlows"/>; memory for all of them, 128 bytes each, is taken at the start.
    /// </summary>
    public int MaxFlows { get; init; } = 65536;

    /// <summary>A flow without a packet for this long has ended. A later packet begins another flow.</summary>
    public TimeSpan IdleTimeout { get; init; }

    /// <summary>A flow that goes on for this long is reported, and continues as another.</summary>
    public TimeSpan ActiveTimeout { get; init; }

    /// <summary>
    /// Whether the numbers of a packet's first two VLANs are part of its flow, for networks that use addresses again in each. If not, tags
    /// are looked through: the two directions can have different ones.
    /// </summary>
    public bool ByVlan { get; init; }
}
