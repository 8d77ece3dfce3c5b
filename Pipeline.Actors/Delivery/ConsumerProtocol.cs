using Akka.Event;
using Pipeline.Actors.Delivery.Handlers;
using Pipeline.Actors.Dispatch;

namespace Pipeline.Actors.Delivery;

/// <summary>The messages that a consumer gets and sends.</summary>
internal static class ConsumerProtocol
{
    /// <summary>Every router has drained: consume the waiting bundles, finish the output, then report completion.</summary>
    public sealed class Complete : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Complete Instance = new();
    }

    /// <summary>
    /// Take no bundle until <see cref="Resume"/>. Bundles wait, and beyond the route's share its overload policy applies.
    /// </summary>
    public sealed class Pause : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Pause Instance = new();
    }

    /// <summary>Continue after <see cref="Pause"/>.</summary>
    public sealed class Resume : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Resume Instance = new();
    }

    /// <summary>Replace the consumer by a new one now, whatever it is doing. Bundles wait meanwhile.</summary>
    public sealed class Restart : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Restart Instance = new();
    }

    /// <summary>Its handler failed where this actor could not see it.</summary>
    public sealed record FailedElsewhere(HandlerThreadException Error) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>Time to write out what is buffered.</summary>
    public sealed class FlushTick : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly FlushTick Instance = new();
    }

    /// <summary>The back-off after a failure is over.</summary>
    public sealed class BackoffOver : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly BackoffOver Instance = new();
    }

    /// <summary>Copy what there is to report, and send it to the sender as a <see cref="Report"/>.</summary>
    /// <param name="Most">The most entries that are wanted.</param>
    public sealed record TakeReport(int Most) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>The answer to <see cref="TakeReport"/>.</summary>
    /// <param name="Text">The report; null when there is nothing to report.</param>
    /// <param name="Entries">How many entries it has.</param>
    /// <param name="Total">How many there are.</param>
    public sealed record Report(string? Text, int Entries, int Total) : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Report Nothing = new(Text: null, 0, 0);
    }

    /// <summary>
    /// To the root: its output, or its handler's configuration, is unusable. It takes packets only to count them as lost.
    /// </summary>
    public sealed record OutputFailed(ConsumerInstance Consumer, Exception Error) : ILocalMessage;

    /// <summary>To the root: the consumer threw, and is replaced after a pause.</summary>
    public sealed record Restarting(ConsumerInstance Consumer, Exception Error) : ILocalMessage;

    /// <summary>To the root: <see cref="Restart"/> has been carried out, as far as it makes sense for this consumer.</summary>
    public sealed record Restarted(ConsumerInstance Consumer) : ILocalMessage;

    /// <summary>To the root: it has finished.</summary>
    public sealed record Completed(ConsumerInstance Consumer) : ILocalMessage;
}
