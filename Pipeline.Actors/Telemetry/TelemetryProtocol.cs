using Akka.Event;
using Pipeline.Actors.Dispatch;

namespace Pipeline.Actors.Telemetry;

/// <summary>The messages that the telemetry gets.</summary>
internal static class TelemetryProtocol
{
    /// <summary>Time to read the counters.</summary>
    public sealed class Sample : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Sample Instance = new();
    }

    /// <summary>Time for a reading that the history keeps.</summary>
    public sealed class Remember : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Remember Instance = new();
    }

    /// <summary>Time to judge whether a route opens or closes.</summary>
    public sealed class Judge : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Judge Instance = new();
    }

    /// <summary>Someone began to watch, or has seen enough.</summary>
    public sealed class WatchersChanged : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly WatchersChanged Instance = new();
    }
}
