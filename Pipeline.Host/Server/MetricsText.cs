using System.Globalization;

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

    public void Counter(string name, string help, IEnumerable<(string Labels, long Value)> samples) => Family(name, "counter", help, samples);

    public void Counter(string name, string help, long value) => Counter(name, help, [("", value)]);

    public void Gauge(string name, string help, IEnumerable<(string Labels, long Value)> samples) => Family(name, "gauge", help, samples);

    public void Gauge(string name, string help, long value) => Gauge(name, help, [("", value)]);

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

    /// <summary><c>{name="value",...}</c>, with backslash, quote and line feed escaped in values.</summary>
    public static string Labels(params (string Name, string Value)[] labels) =>
        "{" + string.Join(',', labels.Select(l => $"{l.Name}=\"{l.Value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")}\"")) + "}";

    private void Family(string name, string type, string help, IEnumerable<(string Labels, long Value)> samples) =>
        _families.Add(samples.Select(sample => $"{name}{sample.Labels} {sample.Value}\n").Prepend(Head(name, type, help)));

    private static string Head(string name, string type, string help) => $"# HELP {name} {help}\n# TYPE {name} {type}\n";

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
