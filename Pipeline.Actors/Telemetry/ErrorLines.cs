using Akka.Event;

namespace Pipeline.Actors.Telemetry;

/// <summary>What Akka logs, as lines on standard error. Any thread.</summary>
internal static class ErrorLines
{
    /// <summary>Writes one line, however many its message has.</summary>
    public static void Write(LogEvent logged)
    {
        var level = logged.LogLevel().ToString().ToUpperInvariant()[..^"Level".Length];
        Write($"{logged.Timestamp:O} {level} {logged.LogSource}: {logged.Message}");
    }

    public static void Write(string words)
    {
        try
        {
            Console.Error.WriteLine(words.ReplaceLineEndings(" "));
        }
        catch (IOException)
        {
            // Nobody reads any more, and that ends nothing.
        }
    }
}
