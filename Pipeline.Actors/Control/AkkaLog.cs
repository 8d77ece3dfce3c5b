using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;

namespace Pipeline.Actors.Control;

/// <summary>What an actor system of our own logs, as settings for Akka.</summary>
internal static class AkkaLog
{
    /// <returns>Nothing where nothing is asked for: akka.conf says that nothing is logged.</returns>
    public static string Settings(AkkaOptions options)
    {
        if (options.LogLevel is null && options.Loggers.Count == 0) return "";
        var level = (options.LogLevel ?? AkkaLogLevel.Warning).ToString().ToUpperInvariant();
        IReadOnlyList<Type> loggers = options.Loggers.Count > 0 ? options.Loggers : [typeof(ErrorLogger)];
        var names = string.Join(", ", loggers.Select(l => $"\"{l.AssemblyQualifiedName}\""));
        return $"akka.loglevel = {level}\nakka.loggers = [ {names} ]\n";
    }
}
