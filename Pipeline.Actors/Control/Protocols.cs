using Akka.Actor;
using Akka.Event;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Delivery.Handlers;
using Pipeline.Actors.Queues;
using Pipeline.Actors.Routing;

namespace Pipeline.Actors.Control;

/// <summary>Messages that never leave the process.</summary>
internal interface ILocalMessage : INoSerializationVerificationNeeded;

/// <summary>What a NIC queue is told and tells.</summary>
internal static class QueueProtocol
{
    /// <summary>Take one burst; each asks for the next.</summary>
    public sealed class Poll : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Poll Instance = new();
    }

    /// <summary>A page came home, or the device has something: try again.</summary>
    public sealed class Wake : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Wake Instance = new();
    }

    /// <summary>Receive nothing more but what the device has taken already.</summary>
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

/// <summary>What a router is told and tells.</summary>
internal static class RouterProtocol
{
    /// <summary>The route it waits for has given back half of its share.</summary>
    public sealed class RouteHasRoom : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly RouteHasRoom Instance = new();
    }

    /// <summary>Its queue has ended: route what waits, then say so.</summary>
    public sealed class Drain : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Drain Instance = new();
    }

    /// <summary>Bundles it sent have come home: some of what it holds back may go, or a move be ready to end.</summary>
    public sealed class BundlesHome : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly BundlesHome Instance = new();
    }

    /// <summary>A group gets or loses instances: hold back the packets of flows that change hands.</summary>
    /// <param name="Group">The group's name.</param>
    /// <param name="Targets">The instances there are to be; those in front are the ones there were.</param>
    public sealed record Move(string Group, IReadOnlyList<IBundleTarget> Targets) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>To the root: what it sent before the move, where flows were given up, has been consumed.</summary>
    public sealed record Moved(string Group) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>All routers have said so: send what was held back to where it belongs now.</summary>
    public sealed record Switch(string Group) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>To the root: everything it got has been sent on.</summary>
    public sealed record Drained(RouterCell Router) : ILocalMessage;
}

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

    /// <summary>Take a copy of what there is to report; null is the answer where there is nothing.</summary>
    public sealed record TakeReport(TaskCompletionSource<Action<TextWriter>?> Answer) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>To the root: its output, or what its handler was configured with, is beyond use. It takes what comes and counts it as lost.</summary>
    public sealed record OutputFailed(ConsumerCell Consumer, Exception Error) : ILocalMessage;

    /// <summary>To the root: it threw, and is made anew after a pause.</summary>
    public sealed record Restarting(ConsumerCell Consumer, Exception Error) : ILocalMessage;

    /// <summary>To the root: it has finished.</summary>
    public sealed record Completed(ConsumerCell Consumer) : ILocalMessage;
}

/// <summary>What the telemetry is told.</summary>
internal static class TelemetryProtocol
{
    /// <summary>Time to read the counters.</summary>
    public sealed class Sample : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Sample Instance = new();
    }

    /// <summary>Someone began to watch, or has seen enough.</summary>
    public sealed class WatchersChanged : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly WatchersChanged Instance = new();
    }
}

/// <summary>What the root is told from outside.</summary>
internal static class RootProtocol
{
    /// <summary>Stop receiving, let everything arrive.</summary>
    public sealed class Drain : ILocalMessage
    {
        public static readonly Drain Instance = new();
    }

    /// <summary>End now.</summary>
    public sealed class Abort : ILocalMessage
    {
        public static readonly Abort Instance = new();
    }

    /// <summary>The time for draining is over.</summary>
    public sealed class DrainDeadline : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly DrainDeadline Instance = new();
    }

    /// <summary>Code out of a handler's assembly threw where nobody catches: on a thread of its own.</summary>
    /// <param name="Fault">What, and whose.</param>
    public sealed record HandlerThrew(HandlerFault Fault) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>To be passed on to all instances of a consumer group.</summary>
    public sealed record ToConsumer(string Name, ILocalMessage Message) : ILocalMessage;

    /// <summary>Give a consumer group so many instances.</summary>
    /// <param name="Name">The group's.</param>
    /// <param name="Instances">How many there are to be.</param>
    /// <param name="Answer">True when it is done, false when the pipeline is past it; faulted where an instance cannot be made.</param>
    public sealed record Scale(string Name, int Instances, TaskCompletionSource<bool> Answer) : ILocalMessage;

    /// <summary>Close the books while running.</summary>
    public sealed class CheckLedger : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly CheckLedger Instance = new();
    }

    /// <summary>An aborted part did not stop in time.</summary>
    public sealed class AbortDeadline : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly AbortDeadline Instance = new();
    }
}
