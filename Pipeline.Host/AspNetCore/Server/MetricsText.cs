using System.Globalization;
using Pipeline.Actors.Telemetry;

namespace Pipeline.Host.Server;

/// <summary>
/// Metrics in Prometheus' text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats): each family has a HELP and a TYPE line,
/// followed by all of its samples. Lines are made as they are enumerated.
/// </summary>
internal sealed class MetricsText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly List<IEnumerable<string>> _families = [];

    /// <summary>All families, each line with its end.</summary>
    public IEnumerable<string> Lines => _families.SelectMany(family => family);

    /// <summary>Adds a metric of the pipeline. One that is optional and has no values is left out.</summary>
    public void Family(PipelineMetric metric, PipelineView view)
    {
        var samples = metric.Samples(view);
        if (metric.IsOptional && !samples.Any()) return;
        var head = Head(metric.Name, metric.Kind == PipelineMetricKind.Counter ? "counter" : "gauge", metric.Help);
        _families.Add(samples.Select(sample => $"{metric.Name}{Labels(sample.Labels)} {Value(sample)}\n").Prepend(head));
    }

    public void Gauge(string name, string help, double value) => _families.Add([Head(name, "gauge", help), $"{name} {Number(value)}\n"]);

    public void Counter(string name, string help, double value) => _families.Add([Head(name, "counter", help), $"{name} {Number(value)}\n"]);

    /// <param name="ends">The longest value in each bucket but the last.</param>
    /// <param name="counts">One count for each bucket, not cumulative; one more than <paramref name="ends"/>.</param>
    public void Histogram(string name, string help, IReadOnlyList<double> ends, IReadOnlyList<long> counts, double sum)
    {
        List<string> lines = [Head(name, "histogram", help)];
        var count = 0L;
        for (var i = 0; i < ends.Count; i++)
        {
            count += counts[i];
            lines.Add($"{name}_bucket{{le=\"{Number(ends[i])}\"}} {count}\n");
        }

        count += counts[^1];
        lines.Add($"{name}_bucket{{le=\"+Inf\"}} {count}\n{name}_sum {Number(sum)}\n{name}_count {count}\n");
        _families.Add(lines);
    }

    /// <summary><c>{name="value",...}</c>, with backslash, quote and line feed escaped in values; nothing for none.</summary>
    public static string Labels(IReadOnlyList<KeyValuePair<string, string>> labels) => labels.Count == 0 ? "" :
        "{" + string.Join(',', labels.Select(l => $"{l.Key}=\"{l.Value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")}\"")) + "}";

    private static string Value(MetricSample sample) => sample.Seconds is { } seconds ? Number(seconds) : sample.Value.ToString(CultureInfo.InvariantCulture);

    private static string Head(string name, string type, string help) => $"# HELP {name} {help}\n# TYPE {name} {type}\n";

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
