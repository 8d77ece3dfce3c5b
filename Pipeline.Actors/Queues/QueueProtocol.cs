using Akka.Event;
using Pipeline.Actors.Dispatch;

namespace Pipeline.Actors.Queues;

/// <summary>The messages that a NIC queue gets and sends.</summary>
internal static class QueueProtocol
{
    /// <summary>Take one burst, after which the queue asks for the next.</summary>
    public sealed class Poll : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Poll Instance = new();
    }

    /// <summary>A page came home, or the device has something: try again.</summary>
    public sealed class Wake : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Wake Instance = new();
    }

    /// <summary>Receive nothing more, except what the device has taken already.</summary>
    public sealed class Drain : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Drain Instance = new();
    }

    /// <summary>The pause is over: ask whether the source is back.</summary>
    public sealed class Retry : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Retry Instance = new();
    }

    /// <summary>To the root: the source gives nothing any more, and is asked again and again.</summary>
    public sealed record Troubled(QueueCell Queue, string Why) : ILocalMessage;

    /// <summary>To the root: the source is back.</summary>
    public sealed record Recovered(QueueCell Queue) : ILocalMessage;

    /// <summary>To the root: nothing more will come out of this queue. Sent once, after the last bundle.</summary>
    public sealed record Ended(QueueCell Queue) : ILocalMessage;
}
