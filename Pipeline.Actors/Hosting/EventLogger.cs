using System.Collections;
using Microsoft.Extensions.Logging;
using Pipeline.Actors.Telemetry;

namespace Pipeline.Actors.Hosting;

/// <summary>Logs the events of a hosted pipeline: a level, an id for each kind, and their fields by name. Any thread.</summary>
internal sealed class EventLogger(ILoggerFactory factory, string pipeline)
{
    /// <summary>The category, the same for every pipeline.</summary>
    public const string Category = "Pipeline.Events";

    /// <summary>The id of the first kind. The others follow in the order of <see cref="PipelineEventKind"/>.</summary>
    public const int FirstId = 100;

    private readonly ILogger _log = factory.CreateLogger(Category);

    public void Log(PipelineEvent happened)
    {
        var level = happened.Level switch
        {
            PipelineEventLevel.Error => LogLevel.Error,
            PipelineEventLevel.Warning => LogLevel.Warning,
            _ => LogLevel.Information,
        };
        if (!_log.IsEnabled(level)) return;
        var id = new EventId(FirstId + (int)happened.Kind, happened.Kind.ToString());
        _log.Log(level, id, new Fields(pipeline, happened), happened.Error, static (fields, _) => fields.ToString());
    }

    /// <summary>An event as loggers take it: its fields, without those that it has not, and its text.</summary>
    private sealed class Fields(string pipeline, PipelineEvent happened) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        private readonly KeyValuePair<string, object?>[] _all = [.. All(pipeline, happened).Where(f => f.Value is not null)];

        public int Count => _all.Length;

        public KeyValuePair<string, object?> this[int index] => _all[index];

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _all.AsEnumerable().GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => $"Pipeline {pipeline}: {happened.Where}: {happened.Words}";

        private static IEnumerable<KeyValuePair<string, object?>> All(string pipeline, PipelineEvent happened)
        {
            var books = happened.Final?.Ledger;
            return
            [
                new("Pipeline", pipeline), new("Number", happened.Number), new("Kind", happened.Kind), new("Where", happened.Where),
                new("Words", happened.Words), new("Who", happened.Who), new("Generation", happened.Generation), new("Packets", happened.Packets),
                new("Reason", happened.Reason), new("Seconds", happened.Lasted?.TotalSeconds), new("Received", books?.Received.Packets),
                new("Delivered", books?.Delivered.Packets), new("Passed", books?.Passed.Packets), new("Dropped", books?.Dropped.Packets),
                new("InFlight", books?.InFlight.Packets), new("Balanced", happened.Final?.Balanced),
                new("{OriginalFormat}", "Pipeline {Pipeline}: {Where}: {Words}"),
            ];
        }
    }
}
