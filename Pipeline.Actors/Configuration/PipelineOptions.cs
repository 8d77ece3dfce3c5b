using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Devices;

namespace Pipeline.Actors.Configuration;

/// <summary>The options of a pipeline, read from configuration files or written in code.</summary>
public sealed record PipelineOptions
{
    /// <summary>Stands for "no state folder".</summary>
    public const string NoState = "off";

    /// <summary>The name that tools know the pipeline by (<see cref="Values.Names"/>); null for one made of the source.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// The folder that remembers across restarts which number the last generation of the rules had, for a program that keeps one; or
    /// <see cref="NoState"/>. Null for the default of the program.
    /// </summary>
    public string? State { get; init; }

    /// <summary>Where packets come from.</summary>
    public SourceOptions Source { get; init; } = new();

    /// <summary>The rule file; null for none. Absolute, or relative to the working directory.</summary>
    public string? Rules { get; init; }

    /// <summary>Where keep-out guards are placed in front of the rules.</summary>
    public KeepOut KeepOut { get; init; }

    /// <summary>The routes in the order they are tried. After the last, an implicit route takes everything to <c>stack</c>.</summary>
    public IReadOnlyList<RouteOptions> Routes { get; init; } = [];

    /// <summary>The consumers by name. A route to <c>stack</c> needs no entry here; that consumer always exists.</summary>
    public IReadOnlyDictionary<string, ConsumerOptions> Consumers { get; init; } = new Dictionary<string, ConsumerOptions>();

    /// <summary>How packets travel together.</summary>
    public BundleOptions Bundle { get; init; } = new();

    /// <summary>The most flows that are released at a time, 1 to <see cref="ReleasedFlows.Most"/>. When it is full, flows go on as before.</summary>
    public int Released { get; init; } = ReleasedFlows.Most;

    /// <summary>
    /// The longest that a requested drain may take: after a signal, <see cref="PipelineRun.Drain"/>, the end of the time to run, or the
    /// failure of an output. What is still in flight then is counted as lost to the shutdown. When a source ends by itself, its consumers
    /// get all the time they need.
    /// </summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The cluster that this pipeline is a node of; null for none.</summary>
    public ClusterOptions? Cluster { get; init; }

    /// <summary>What the actor system logs.</summary>
    public AkkaOptions Akka { get; init; } = new();

    /// <summary>The server that shows a run in progress, for a program that has one.</summary>
    public DashboardOptions Dashboard { get; init; } = new();

    /// <summary>Where figures are sent to, for a program that sends them.</summary>
    public TelemetryOptions Telemetry { get; init; } = new();
}
