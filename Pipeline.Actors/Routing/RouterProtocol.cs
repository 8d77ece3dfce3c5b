using Akka.Event;
using Pipeline.Actors.Dispatch;

namespace Pipeline.Actors.Routing;

/// <summary>The messages that a router gets and sends.</summary>
internal static class RouterProtocol
{
    /// <summary>The route it waits for has given back half of its share.</summary>
    public sealed class RouteHasRoom : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly RouteHasRoom Instance = new();
    }

    /// <summary>Its queue has ended: route what waits, then report completion.</summary>
    public sealed class Drain : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Drain Instance = new();
    }

    /// <summary>Bundles it sent have come home: some held bundles may go, or a move may be ready to end.</summary>
    public sealed class BundlesHome : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly BundlesHome Instance = new();
    }

    /// <summary>A group gets or loses instances: hold back the packets of flows that change hands.</summary>
    /// <param name="Group">The group's name.</param>
    /// <param name="Targets">The new set of instances, in any order.</param>
    public sealed record Move(string Group, IReadOnlyList<IBundleTarget> Targets) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>To the root: everything it sent before the move, to instances that gave up flows, has been consumed.</summary>
    public sealed record Moved(string Group) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>All routers have reported <see cref="Moved"/>: send held packets to their new instances.</summary>
    public sealed record Switch(string Group) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>
    /// An instance of the group is gone. If flows of the group are moving, give what it had not processed to those who take over, because
    /// the move waits for it.
    /// </summary>
    public sealed record Reclaim(string Group) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>Use the routes that are offered, even if no bundle comes.</summary>
    /// <param name="Generation">The generation of the routes.</param>
    public sealed record TakeRoutes(int Generation) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>To the root: it uses these routes or later ones, and everything sent along removed lanes has been consumed.</summary>
    public sealed record RoutesTaken(int Generation) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>Of its queue nothing is on the way that the device decided by this generation, or by an earlier one.</summary>
    public sealed record Settled(int Generation) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>To the root: everything that it got has been sent on.</summary>
    public sealed record Drained(RouterCell Router) : ILocalMessage;
}
