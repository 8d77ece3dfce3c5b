using Akka.Event;
using Pipeline.Actors.Delivery.Handlers;
using Pipeline.Actors.Dispatch;

namespace Pipeline.Actors.Control;

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

    /// <summary>Change who is in a consumer group.</summary>
    /// <param name="Name">The group's.</param>
    /// <param name="Answer">True when it is done, false when the pipeline is past it; faulted where an instance cannot be made.</param>
    public abstract record Resize(string Name, TaskCompletionSource<bool> Answer) : ILocalMessage;

    /// <summary>Give a consumer group so many instances.</summary>
    /// <param name="Instances">How many there are to be.</param>
    public sealed record Scale(string Name, int Instances, TaskCompletionSource<bool> Answer) : Resize(Name, Answer);

    /// <summary>Take one instance out of a consumer group that has others.</summary>
    /// <param name="Instance">Its number.</param>
    public sealed record RemoveInstance(string Name, int Instance, TaskCompletionSource<bool> Answer) : Resize(Name, Answer);

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
