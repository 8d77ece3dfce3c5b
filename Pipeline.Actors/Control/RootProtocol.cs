using Akka.Event;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Delivery.Handlers;
using Pipeline.Actors.Dispatch;

namespace Pipeline.Actors.Control;

/// <summary>
/// The messages that the root gets from outside. It answers an <see cref="Order"/> to its sender by an <see cref="OrderAnswer"/>.
/// </summary>
internal static class RootProtocol
{
    /// <summary>Stop receiving and let everything arrive.</summary>
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

    /// <summary>Code of a handler's assembly threw on a thread of its own, where nobody catches.</summary>
    /// <param name="Fault">The exception, and the code it came from.</param>
    public sealed record HandlerThrew(HandlerFault Fault) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>An order to a consumer group.</summary>
    /// <param name="Name">The group's name.</param>
    public abstract record Order(string Name) : ILocalMessage
    {
        /// <summary>Who gives it; null for nobody who is known.</summary>
        public string? Who { get; init; }

        /// <summary>What came of it, and who wanted it.</summary>
        public string InWords(string what) => Who is null ? what : $"{what}, by {Who}";
    }

    /// <summary>Make all its instances stop taking bundles for now.</summary>
    public sealed record Pause(string Name) : Order(Name);

    /// <summary>Make all its instances continue.</summary>
    public sealed record Resume(string Name) : Order(Name);

    /// <summary>Close the breakers of all routes to it.</summary>
    public sealed record CloseBreaker(string Name) : Order(Name);

    /// <summary>Replace all its consumers by new ones.</summary>
    public sealed record Restart(string Name) : Order(Name);

    /// <summary>An order that changes the members of a group or the routes to it. A group works on one at a time; others wait.</summary>
    public abstract record Change(string Name) : Order(Name);

    /// <summary>Give it this number of instances.</summary>
    public sealed record Scale(string Name, int Instances) : Change(Name);

    /// <summary>Remove one instance from it, unless it is the last.</summary>
    /// <param name="Instance">The instance's number.</param>
    public sealed record RemoveInstance(string Name, int Instance) : Change(Name);

    /// <summary>Send its packets to the instances that other nodes offer now, besides those of this node.</summary>
    public sealed record Spread(string Name) : Change(Name);

    /// <summary>Add a route to it, in front of all others.</summary>
    public sealed record AddRoute(RouteOptions Route) : Change(Route.To);

    /// <summary>Remove a route to it. A group that no route leads to any more completes.</summary>
    public sealed record RemoveRoute(RouteOptions Route) : Change(Route.To);

    /// <summary>Check that the books balance, while the run continues.</summary>
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
