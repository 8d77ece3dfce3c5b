using Akka.Event;
using Pipeline.Actors.Delivery.Handlers;
using Pipeline.Actors.Dispatch;

namespace Pipeline.Actors.Delivery;

/// <summary>What a consumer is told and tells.</summary>
internal static class ConsumerProtocol
{
    /// <summary>Every router has drained: consume what waits, finish the output, then say so.</summary>
    public sealed class Complete : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Complete Instance = new();
    }

    /// <summary>Take no bundle until <see cref="Resume"/>: they wait, and beyond the route's share its overload policy applies.</summary>
    public sealed class Pause : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Pause Instance = new();
    }

    /// <summary>Go on after <see cref="Pause"/>.</summary>
    public sealed class Resume : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Resume Instance = new();
    }

    /// <summary>Replace the consumer by a new one now, whatever it was doing; bundles wait meanwhile.</summary>
    public sealed class Restart : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Restart Instance = new();
    }

    /// <summary>Its handler failed where this actor could not see it.</summary>
    public sealed record FailedElsewhere(HandlerThreadException Error) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>Time to write out what is held.</summary>
    public sealed class FlushTick : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly FlushTick Instance = new();
    }

    /// <summary>The back-off after a failure is over.</summary>
    public sealed class BackoffOver : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly BackoffOver Instance = new();
    }

    /// <summary>Take a copy of what there is to report, and send it to the sender as a <see cref="Report"/>.</summary>
    public sealed class TakeReport : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly TakeReport Instance = new();
    }

    /// <summary>The answer to <see cref="TakeReport"/>.</summary>
    /// <param name="Text">What there is to report; null for nothing.</param>
    public sealed record Report(string? Text) : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Report Nothing = new(Text: null);
    }

    /// <summary>To the root: its output, or what its handler was configured with, is beyond use. It takes what comes and counts it as lost.</summary>
    public sealed record OutputFailed(ConsumerInstance Consumer, Exception Error) : ILocalMessage;

    /// <summary>To the root: it threw, and is made anew after a pause.</summary>
    public sealed record Restarting(ConsumerInstance Consumer, Exception Error) : ILocalMessage;

    /// <summary>To the root: it has finished.</summary>
    public sealed record Completed(ConsumerInstance Consumer) : ILocalMessage;
}
