using Akka.Event;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Delivery.Handlers;
using Pipeline.Actors.Dispatch;

namespace Pipeline.Actors.Control;

/// <summary>What the root is told from outside. An <see cref="Order"/> is answered to its sender by an <see cref="OrderAnswer"/>.</summary>
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

    /// <summary>Something that a consumer group is to do, or have done to it.</summary>
    /// <param name="Name">The group's.</param>
    public abstract record Order(string Name) : ILocalMessage;

    /// <summary>Have all its instances take no bundle for now.</summary>
    public sealed record Pause(string Name) : Order(Name);

    /// <summary>Have all its instances go on.</summary>
    public sealed record Resume(string Name) : Order(Name);

    /// <summary>Make all its instances anew.</summary>
    public sealed record Restart(string Name) : Order(Name);

    /// <summary>An order that changes who is in the group or what leads to it. One at a time is at work for a group; others wait.</summary>
    public abstract record Change(string Name) : Order(Name);

    /// <summary>Give it so many instances.</summary>
    public sealed record Scale(string Name, int Instances) : Change(Name);

    /// <summary>Take one instance out of it, while it has others.</summary>
    /// <param name="Instance">Its number.</param>
    public sealed record RemoveInstance(string Name, int Instance) : Change(Name);

    /// <summary>Lead a route to it, in front of all others.</summary>
    public sealed record AddRoute(RouteOptions Route) : Change(Route.To);

    /// <summary>Take a route to it away. A group that no route leads to any more completes.</summary>
    public sealed record RemoveRoute(RouteOptions Route) : Change(Route.To);

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
