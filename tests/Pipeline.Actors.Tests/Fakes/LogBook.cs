using Microsoft.Extensions.Logging;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>Keeps what is logged: level, category, words. Any thread.</summary>
internal sealed class LogBook : ILoggerProvider
{
    private readonly List<(LogLevel Level, string Category, string Text, Exception? Error)> _entries = [];

    private readonly List<(EventId Id, IReadOnlyDictionary<string, object?> Fields)> _records = [];

    public IReadOnlyList<(LogLevel Level, string Category, string Text, Exception? Error)> Entries
    {
        get { lock (_entries) return [.. _entries]; }
    }

    /// <summary>The ids and the named fields of what was logged, in the order of <see cref="Entries"/>.</summary>
    public IReadOnlyList<(EventId Id, IReadOnlyDictionary<string, object?> Fields)> Records
    {
        get { lock (_entries) return [.. _records]; }
    }

    public ILogger CreateLogger(string categoryName) => new Page(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Page(LogBook book, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var fields = (state as IEnumerable<KeyValuePair<string, object?>> ?? []).ToDictionary();
            lock (book._entries)
            {
                book._entries.Add((logLevel, category, formatter(state, exception), exception));
                book._records.Add((eventId, fields));
            }
        }
    }
}
