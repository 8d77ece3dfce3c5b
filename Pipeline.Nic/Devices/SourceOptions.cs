using Pipeline.Nic.Devices.Simulated;

namespace Pipeline.Nic.Devices;

/// <summary>Where packets come from.</summary>
public sealed record SourceOptions
{
    /// <summary>A capture file, or <c>-</c> for standard input.</summary>
    public string? File { get; init; }

    /// <summary>An interface of this machine, whose packets are copied.</summary>
    public string? Interface { get; init; }

    /// <summary>A simulated NIC.</summary>
    public SimulatedOptions? Sim { get; init; }

    /// <summary>Whether the device runs rules itself: as many as it can, from the first on.</summary>
    public bool Offload { get; init; }

    /// <summary>The memory of each queue.</summary>
    public PoolOptions Pool { get; init; } = new();

    /// <summary>1 replays with the original timing, N replays N times as fast, null replays as fast as possible.</summary>
    public double? ReplaySpeed { get; init; }
}
