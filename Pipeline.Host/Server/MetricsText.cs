using System.Globalization;
using System.Text;

namespace Pipeline.Host.Server;

/// <summary>
/// Metrics in Prometheus' text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats): each family has a HELP and a TYPE line,
/// followed by all of its samples.
/// </summary>
internal sealed class MetricsText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    public override string ToString() => _text.ToString();

    public void Counter(string name, string help, IEnumerable<(string Labels, long Value)> samples) => Family(name, "counter", help, samples);

    public void Counter(string name, string help, long value) => Counter(name, help, [("", value)]);

    public void Gauge(string name, string help, IEnumerable<(string Labels, long Value)> samples) => Family(name, "gauge", help, samples);

    public void Gauge(string name, string help, long value) => Gauge(name, help, [("", value)]);

    public void Gauge(string name, string help, double value) => Head(name, "gauge", help).Append($"{name} {Number(value)}\n");

    public void Counter(string name, string help, double value) => Head(name, "counter", help).Append($"{name} {Number(value)}\n");

    /// <param name="ends">The longest value in each bucket but the last.</param>
    /// <param name="counts">One count for each bucket, not cumulative; one more than <paramref name="ends"/>.</param>
    public void Histogram(string name, string help, IReadOnlyList<double> ends, IReadOnlyList<long> counts, double sum)
    {
        Head(name, "histogram", help);
        var count = 0L;
        for (var i = 0; i < ends.Count; i++)
        {
            count += counts[i];
            _text.Append($"{name}_bucket{{le=\"{Number(ends[i])}\"}} {count}\n");
        }

        count += counts[^1];
        _text.Append($"{name}_bucket{{le=\"+Inf\"}} {count}\n{name}_sum {Number(sum)}\n{name}_count {count}\n");
    }

    /// <summary><c>{name="value",...}</c>, with backslash, quote and line feed escaped in values.</summary>
    public static string Labels(params (string Name, string Value)[] labels) =>
        "{" + string.Join(',', labels.Select(l => $"{l.Name}=\"{l.Value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")}\"")) + "}";

    private void Family(string name, string type, string help, IEnumerable<(string Labels, long Value)> samples)
    {
        Head(name, type, help);
        foreach (var (labels, value) in samples) _text.Append($"{name}{labels} {value}\n");
    }

    private StringBuilder Head(string name, string type, string help) => _text.Append($"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
