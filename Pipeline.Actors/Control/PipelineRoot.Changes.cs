using Akka.Actor;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Links;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Telemetry;

namespace Pipeline.Actors.Control;

/// <summary>Gives consumer groups other instances while packets flow.</summary>
/// <remarks>
/// <code>
///   Scale ── new instances start, routers Move ── all have Moved ──> routers Switch ──> done
///                                                                        └── instances that leave complete, and stop ──> done
/// </code>
/// A group works on one order at a time; the others wait.
/// </remarks>
internal sealed partial class PipelineRoot
{
    private readonly Dictionary<string, GroupChanges> _changes = [];

    private void OnChange(RootProtocol.Change order, IActorRef asker)
    {
        if (_changes.TryGetValue(order.Name, out var atWork)) atWork.Waiting.Enqueue((order, asker));
        else Begin(new GroupChanges(order, asker, []));
    }

    private void Begin(GroupChanges change)
    {
        _changes[change.Order.Name] = change;
        if (_isCompleting || (_state.IsEnding && _routersAtWork == 0 && change.Order is not RootProtocol.Spread))
        {
            // The last packet has gone, so there is nothing left to change. Packets that another node did not settle may still move.
            End(change, OrderAnswer.Ended);
            return;
        }

        try
        {
            CarryOut(change);
        }
        catch (Exception error)
        {
            End(change, OrderAnswer.Of(error));
        }
    }

    private void CarryOut(GroupChanges change)
    {
        var name = change.Order.Name;
        switch (change.Order)
        {
            case RootProtocol.Scale or RootProtocol.RemoveInstance when _topology.Groups.WhyNotResize(name) is { } why:
                End(change, new OrderAnswer(OrderOutcome.Refused, why));
                break;
            // A node without routers has the routes of the nodes that send to it, and it does not know them.
            case RootProtocol.Scale or RootProtocol.RemoveInstance when _routers.Count > 0 && !_topology.Routes.LeadTo(name):
                End(change, new OrderAnswer(OrderOutcome.Refused, "no route leads to it any more"));
                break;
            case RootProtocol.Scale { Instances: var n } when _topology.Groups.WhyNotFewer(name, n) is { } why:
                End(change, new OrderAnswer(OrderOutcome.Refused, why));
                break;
            case RootProtocol.RemoveInstance when _topology.Groups.WhyNotFewer(name, 0) is { } why:
                End(change, new OrderAnswer(OrderOutcome.Refused, why));
                break;
            case RootProtocol.Scale scale: Move(change, _topology.Groups.Resize(name, scale.Instances, _topology.Placement)); break;
            case RootProtocol.RemoveInstance remove: Move(change, _topology.Groups.Remove(name, remove.Instance)); break;
            case RootProtocol.Spread: Spread(change); break;
            case RootProtocol.AddRoute add: AddRoute(change, add.Route); break;
            case RootProtocol.RemoveRoute remove: RemoveRoute(change, remove.Route); break;
        }
    }

    private void Move(GroupChanges change, GroupChange? instances)
    {
        if (instances is null)
        {
            End(change, OrderAnswer.Unknown);
            return;
        }

        foreach (var consumer in instances.Joining) StartConsumer(consumer);
        if (instances.IsNone)
        {
            End(change, OrderAnswer.Done);
            return;
        }

        change.Leaving.UnionWith(instances.Leaving);
        Offer();
        MoveFlows(change);
    }

    private void MoveFlows(GroupChanges change)
    {
        change.RoutersToGo = _routers.Count;
        var move = new RouterProtocol.Move(change.Order.Name, _topology.Groups[change.Order.Name].Instances);
        foreach (var router in _routers) router.Tell(move);

        // A node that only consumes has no routers. Other nodes' routers hear of it by what is offered.
        if (_routers.Count == 0) Switch(change);
    }

    private void OnMoved(string group)
    {
        var change = _changes[group];
        if (--change.RoutersToGo == 0) Switch(change);
    }

    private void Switch(GroupChanges change)
    {
        var group = change.Order.Name;
        foreach (var router in _routers) router.Tell(new RouterProtocol.Switch(group));
        Tell(PipelineEventKind.Scaled, change.Order, WordsOf(_topology.Groups[group].Instances));
        Leave(change);
    }

    /// <summary>Lets instances complete that nobody sends to any more. The order is done when they are gone.</summary>
    private void Leave(GroupChanges change)
    {
        if (change.Leaving.Count == 0) End(change, OrderAnswer.Done);
        else foreach (var consumer in change.Leaving) Complete(consumer);
    }

    private void End(GroupChanges change, OrderAnswer answer)
    {
        change.Asker.Tell(answer);
        _changes.Remove(change.Order.Name);
        if (change.Waiting.TryDequeue(out var next)) Begin(new GroupChanges(next.Order, next.Asker, change.Waiting));
        if (change.Order is RootProtocol.Spread && _state.IsEnding && !_isCompleting) DrainAgain();
        if (_changes.Count > 0) return;

        // A new route may lead to what other nodes offered before, and a new instance may stand in for one that does not answer.
        MeetAll();
        JudgeOverdue();
        LetPeersGo();
        TryStartSource();
        TryComplete();
    }

    private static string WordsOf(IReadOnlyList<IBundleTarget> instances) => instances switch
    {
        [Vacancy] => "has no instance on any node; packets wait as their routes say",
        _ when instances.Any(i => i is RemoteInstance) => $"has {instances.Count} instances: {string.Join(", ", instances.Select(i => i.Id))}",
        _ => $"has {instances.Count} instances",
    };

    /// <summary>The order that a group is working on, and those that wait for it.</summary>
    private sealed class GroupChanges(
        RootProtocol.Change order, IActorRef asker, Queue<(RootProtocol.Change Order, IActorRef Asker)> waiting)
    {
        public RootProtocol.Change Order { get; } = order;

        public IActorRef Asker { get; } = asker;

        public Queue<(RootProtocol.Change Order, IActorRef Asker)> Waiting { get; } = waiting;

        public HashSet<ConsumerInstance> Leaving { get; } = [];

        public int RoutersToGo { get; set; }

        /// <summary>The new routes for the routers; null when the order is about something else.</summary>
        public RouteExchange? Routes { get; set; }
    }
}
