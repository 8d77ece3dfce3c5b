namespace Pipeline.Actors.Telemetry;

/// <summary>How the values of a metric behave.</summary>
public enum PipelineMetricKind
{
    /// <summary>They only grow, from the start of the run on.</summary>
    Counter,

    /// <summary>They go up and down.</summary>
    Gauge,
}

/// <summary>One metric of a pipeline: what Prometheus calls a family and OpenTelemetry an instrument.</summary>
/// <param name="Name">Its name on <c>/metrics</c>, such as <c>pipeline_received_packets_total</c>.</param>
/// <param name="Kind">How its values behave.</param>
/// <param name="Unit">What it counts, in the notation of UCUM: <c>By</c>, <c>s</c>, <c>{packet}</c>; null for a number of its own kind.</param>
/// <param name="Help">What it says, in a sentence.</param>
public sealed record PipelineMetric(string Name, PipelineMetricKind Kind, string? Unit, string Help)
{
    private const string Prefix = "pipeline_";
    private const string Total = "_total";

    /// <summary>
    /// The name of its instrument: that of <c>/metrics</c> with a dot behind <c>pipeline</c>, and without <c>_total</c>, which exporters add
    /// to counters again.
    /// </summary>
    public string InstrumentName => string.Concat("pipeline.", (Name.EndsWith(Total, StringComparison.Ordinal) ? Name[..^Total.Length] : Name).AsSpan(Prefix.Length));

    /// <summary>Its values in one view, made as they are enumerated.</summary>
    public required Func<PipelineView, IEnumerable<MetricSample>> Samples { get; init; }

    /// <summary>Whether it is left out where it has no values, because what it counts is not in use.</summary>
    public bool IsOptional { get; init; }
}

/// <summary>One value of a metric.</summary>
/// <param name="Labels">What tells it from the others, in their order; names are of lower-case letters.</param>
/// <param name="Value">The value, of a metric that counts.</param>
public readonly record struct MetricSample(IReadOnlyList<KeyValuePair<string, string>> Labels, long Value)
{
    /// <summary>The value, of a metric in seconds; null for all others.</summary>
    public double? Seconds { get; init; }
}
