using Akka.Event;

namespace Pipeline.Actors.Telemetry;

/// <summary>
/// Writes to standard error what is logged before the loggers run and after they have stopped. Akka's own writes it to standard output,
/// and, while the loggers start, whatever <c>stdout-loglevel</c> says.
/// </summary>
internal sealed class StartLogger : MinimalLogger
{
    /// <inheritdoc/>
    protected override void Log(object message)
    {
        if (message is LogEvent logged) ErrorLines.Write(logged);
        else ErrorLines.Write($"{message}");
    }
}
