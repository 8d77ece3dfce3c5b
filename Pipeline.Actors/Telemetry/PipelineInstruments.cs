using System.Diagnostics.Metrics;
using System.Globalization;

namespace Pipeline.Actors.Telemetry;

/// <summary>
/// The meter <see cref="PipelineMetrics.MeterName"/> of one run: an observable instrument for each metric, which dotnet-counters,
/// OpenTelemetry and any <see cref="MeterListener"/> see. While nobody collects, nothing is read. Collections may be on any threads.
/// </summary>
/// <remarks>
/// Handoff times are three counters: <c>pipeline.handoff_seconds_bucket</c> with the tag <c>le</c>, cumulative as Prometheus has it,
/// <c>_sum</c> and <c>_count</c>. They were counted into buckets where bundles are taken, and a <see cref="Histogram{T}"/> wants each
/// time by itself; to make times up from buckets would be to lie about them, and a quantile since the start says nothing of the last
/// minute.
/// </remarks>
internal sealed class PipelineInstruments : IDisposable
{
    /// <summary>Values of one instrument: what a rule set of any size may add to a collector. Those beyond are summed as one.</summary>
    public const int MostValues = 1000;

    /// <summary>What stands for those beyond. No rule, consumer or queue has such a name.</summary>
    public const string Others = "(others)";

    /// <summary>Instruments of one collection are read one directly after the other.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly ThreadLocal<Collection> _collections;
    private readonly Meter _meter;
    private readonly bool _isOwn;
    private volatile Func<PipelineView>? _read;

    /// <param name="factory">Makes the meter; null for one of its own.</param>
    /// <param name="pipeline">The pipeline's name, a tag of the meter.</param>
    /// <param name="read">Reads the figures. It must not wait.</param>
    public PipelineInstruments(IMeterFactory? factory, string pipeline, Func<PipelineView> read)
    {
        _read = read;
        _collections = new ThreadLocal<Collection>(() => new Collection());
        _isOwn = factory is null;
        var options = new MeterOptions(PipelineMetrics.MeterName) { Tags = [new("pipeline", pipeline)] };
        _meter = factory?.Create(options) ?? new Meter(options);
        foreach (var metric in PipelineMetrics.All) Add(metric);
        AddHandoff();
    }

    /// <summary>Ends the meter. One that a factory made belongs to that, and has no values any more.</summary>
    public void Dispose()
    {
        _read = null;
        if (_isOwn) _meter.Dispose();
    }

    private void Add(PipelineMetric metric)
    {
        var (name, isCounter) = (metric.InstrumentName, metric.Kind == PipelineMetricKind.Counter);
        if (metric.Unit == "s") _meter.CreateObservableGauge(name, () => Observe(name, v => metric.Samples(v).Select(s => new Measurement<double>(s.Seconds ?? 0))), metric.Unit, metric.Help);
        else if (isCounter) _meter.CreateObservableCounter(name, () => Observe(name, v => Bounded(metric.Samples(v))), metric.Unit, metric.Help);
        else _meter.CreateObservableGauge(name, () => Observe(name, v => Bounded(metric.Samples(v))), metric.Unit, metric.Help);
    }

    private void AddHandoff()
    {
        const string Name = "pipeline.handoff_seconds";
        _meter.CreateObservableCounter(Name + "_bucket", () => Observe(Name + "_bucket", v => Buckets(v.Handoff)), "{bundle}", "Bundles whose time to their consumer was at most `le` seconds.");
        _meter.CreateObservableCounter(Name + "_count", () => Observe<long>(Name + "_count", v => [new(v.Handoff.Bundles)]), "{bundle}", "Bundles that were timed.");
        _meter.CreateObservableCounter(Name + "_sum", () => Observe<double>(Name + "_sum", v => [new(v.Handoff.TotalSeconds)]), "s", "The time of all bundles to their consumers.");
    }

    /// <summary>All instruments that one thread reads one after the other see one view, until one of them is read again.</summary>
    private IEnumerable<Measurement<T>> Observe<T>(string instrument, Func<PipelineView, IEnumerable<Measurement<T>>> measure)
        where T : struct => _read is { } read ? measure(_collections.Value!.View(instrument, read)) : [];

    private static IEnumerable<Measurement<long>> Bounded(IEnumerable<MetricSample> samples)
    {
        var (told, rest, last) = (0, 0L, default(MetricSample));
        foreach (var sample in samples)
        {
            if (told++ < MostValues) yield return new Measurement<long>(sample.Value, Tags(sample));
            else (rest, last) = (rest + sample.Value, sample);
        }

        if (told > MostValues) yield return new Measurement<long>(rest, last.Labels.Select(l => new KeyValuePair<string, object?>(l.Key, Others)));
    }

    private static KeyValuePair<string, object?>[] Tags(MetricSample sample) => [.. sample.Labels.Select(l => new KeyValuePair<string, object?>(l.Key, l.Value))];

    private static IEnumerable<Measurement<long>> Buckets(HandoffView handoff)
    {
        var count = 0L;
        for (var i = 0; i < handoff.Counts.Count; i++)
        {
            count += handoff.Counts[i];
            var end = i < HandoffView.BucketSeconds.Count ? HandoffView.BucketSeconds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
            yield return new Measurement<long>(count, new KeyValuePair<string, object?>("le", end));
        }
    }

    /// <summary>What one thread collects. Listeners read their instruments in one go, and nobody tells when the next one begins.</summary>
    private sealed class Collection
    {
        private readonly HashSet<string> _seen = [];
        private PipelineView? _view;
        private long _lastAt;

        public PipelineView View(string instrument, Func<PipelineView> read)
        {
            var now = Environment.TickCount64;
            if (_view is null || now - _lastAt > LongestPause.TotalMilliseconds || !_seen.Add(instrument))
            {
                _view = read();
                _seen.Clear();
                _seen.Add(instrument);
            }

            _lastAt = now;
            return _view;
        }
    }
}
