namespace Pipeline.Nic.Consumers.Flows;

/// <summary>How flows are kept. Times are by the packets' own clock; zero means never.</summary>
public sealed record FlowOptions
{
    /// <summary>The most flows at a time, 1 to 4 194 304; memory for all of them, 160 bytes each, is taken at the start.</summary>
    public int MaxFlows { get; init; } = 65536;

    /// <summary>A flow without a packet for so long has ended; what comes later is another.</summary>
    public TimeSpan IdleTimeout { get; init; }

    /// <summary>A flow that goes on for so long is reported, and goes on as another.</summary>
    public TimeSpan ActiveTimeout { get; init; }
}
