using Akka.Event;
using Pipeline.Actors.Dispatch;

namespace Pipeline.Actors.Routing;

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
    /// <param name="Targets">The instances there are to be, in any order.</param>
    public sealed record Move(string Group, IReadOnlyList<IBundleTarget> Targets) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>To the root: what it sent before the move, where flows were given up, has been consumed.</summary>
    public sealed record Moved(string Group) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>All routers have said so: send what was held back to where it belongs now.</summary>
    public sealed record Switch(string Group) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>Go by the routes that are offered, also where no bundle comes.</summary>
    /// <param name="Generation">Of the routes.</param>
    public sealed record TakeRoutes(int Generation) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>To the root: it goes by these routes or later ones, and all that went along lanes which are gone has been consumed.</summary>
    public sealed record RoutesTaken(int Generation) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>To the root: everything it got has been sent on.</summary>
    public sealed record Drained(RouterCell Router) : ILocalMessage;
}
