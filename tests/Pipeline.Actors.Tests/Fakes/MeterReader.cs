using System.Diagnostics.Metrics;
using Pipeline.Actors.Telemetry;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>Reads the instruments of one pipeline. Others run beside it, with meters of the same name.</summary>
internal sealed class MeterReader : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<Instrument> _published = [];
    private readonly Dictionary<string, double> _read = [];

    public MeterReader(string pipeline)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name != PipelineMetrics.MeterName || instrument.Meter.Tags?.Any(t => t.Key == "pipeline" && Equals(t.Value, pipeline)) != true) return;
            lock (_published) _published.Add(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Note(i, value, tags));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Note(i, value, tags));
        _listener.Start();
    }

    public IReadOnlyList<Instrument> Published
    {
        get { lock (_published) return [.. _published]; }
    }

    /// <returns>Values by <c>instrument{tag=value,...}</c>.</returns>
    public IReadOnlyDictionary<string, double> Collect()
    {
        _read.Clear();
        _listener.RecordObservableInstruments();
        return new Dictionary<string, double>(_read);
    }

    public static string Key(string instrument, IEnumerable<KeyValuePair<string, string>> tags)
    {
        var all = string.Join(',', tags.Select(t => $"{t.Key}={t.Value}"));
        return all.Length == 0 ? instrument : $"{instrument}{{{all}}}";
    }

    public void Dispose() => _listener.Dispose();

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _read.Add(Key(instrument.Name, [.. tags.ToArray().Select(t => new KeyValuePair<string, string>(t.Key, $"{t.Value}"))]), value);
}
