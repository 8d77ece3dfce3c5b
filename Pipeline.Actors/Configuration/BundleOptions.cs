namespace Pipeline.Actors.Configuration;

/// <summary>How packets travel together.</summary>
public sealed record BundleOptions
{
    /// <summary>Most packets to a bundle.</summary>
    public int Packets { get; init; } = 64;

    /// <summary>The longest a packet waits for its bundle to fill.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMicroseconds(50);
}
