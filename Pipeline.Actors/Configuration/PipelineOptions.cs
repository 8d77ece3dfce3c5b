using Pipeline.Nic.Devices;

namespace Pipeline.Actors.Configuration;

/// <summary>What a pipeline is made of: read from configuration files, or written in code.</summary>
public sealed record PipelineOptions
{
    /// <summary>Where packets come from.</summary>
    public SourceOptions Source { get; init; } = new();

    /// <summary>The rule file; null for none. Absolute, or relative to the working directory.</summary>
    public string? Rules { get; init; }

    /// <summary>Where keep-out guards stand in front of the rules.</summary>
    public KeepOut KeepOut { get; init; }

    /// <summary>Tried in order. Behind the last stands an implicit route of everything to <c>stack</c>.</summary>
    public IReadOnlyList<RouteOptions> Routes { get; init; } = [];

    /// <summary>By name. A route to <c>stack</c> needs no consumer of that name; it is there.</summary>
    public IReadOnlyDictionary<string, ConsumerOptions> Consumers { get; init; } = new Dictionary<string, ConsumerOptions>();

    /// <summary>How packets travel together.</summary>
    public BundleOptions Bundle { get; init; } = new();

    /// <summary>
    /// How long a drain may take that was asked for: by a signal, by <see cref="PipelineRun.Drain"/>, when the time to run is over, when an
    /// output failed. What is still in flight then is counted as lost to the shutdown. A source that ends by itself is given all the time
    /// its consumers need.
    /// </summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The server that shows a run while it goes on, for a program that has one.</summary>
    public DashboardOptions Dashboard { get; init; } = new();
}
