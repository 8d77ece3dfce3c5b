using Akka.Actor;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Routing;

namespace Pipeline.Actors.Control;

/// <summary>Gives consumer groups more instances or fewer while packets flow.</summary>
/// <remarks>
/// <code>
///   Scale ── new instances start, routers Move ── all have Moved ──> routers Switch ──> done
///                                                                        └── instances that leave complete, and stop ──> done
/// </code>
/// One order at a time to a group; the others wait.
/// </remarks>
internal sealed partial class PipelineRoot
{
    private readonly Dictionary<string, Scaling> _scalings = [];
    private readonly HashSet<string> _paused = [];

    /// <summary>Consumers that have not said that they completed.</summary>
    private readonly HashSet<ConsumerInstance> _atWork = [];

    /// <summary>Those among them that were told to, or have.</summary>
    private readonly HashSet<ConsumerInstance> _completing = [];

    private void StartConsumer(ConsumerInstance consumer)
    {
        consumer.BeginAgain();
        consumer.Ref = Context.ActorOf(ConsumerActor.Props(consumer).WithMailbox(_mailbox), consumer.ActorName);
        _consumers.Add(consumer.Ref);
        _atWork.Add(consumer);
        _completing.Remove(consumer);
        if (_paused.Contains(consumer.Group)) consumer.Ref.Tell(ConsumerProtocol.Pause.Instance);
    }

    private void Complete(ConsumerInstance consumer)
    {
        if (_completing.Add(consumer)) consumer.Ref.Tell(ConsumerProtocol.Complete.Instance);
    }

    private void OnConsumerCompleted(ConsumerInstance consumer)
    {
        _atWork.Remove(consumer);
        if (_atWork.Count == 0)
        {
            Stop();
            return;
        }

        if (_scalings.TryGetValue(consumer.Group, out var scaling) && scaling.Leaving.Contains(consumer))
        {
            Context.Watch(consumer.Ref);
            Context.Stop(consumer.Ref);
        }
    }

    private void OnResize(RootProtocol.Resize order)
    {
        if (_scalings.TryGetValue(order.Name, out var atWork)) atWork.Waiting.Enqueue(order);
        else Begin(new Scaling(order));
    }

    private void Begin(Scaling scaling)
    {
        var name = scaling.Order.Name;
        _scalings[name] = scaling;
        if (_routersAtWork == 0)
        {
            // Behind the last packet there is nothing to scale for, and consumers have been told to complete.
            Answer(scaling, done: false);
            return;
        }

        GroupChange? change;
        try
        {
            change = scaling.Order switch
            {
                RootProtocol.Scale scale => _topology.Groups.Resize(name, scale.Instances, _topology.Placement),
                RootProtocol.RemoveInstance remove => _topology.Groups.Remove(name, remove.Instance),
                _ => null,
            };
        }
        catch (Exception error)
        {
            scaling.Order.Answer.TrySetException(error);
            Next(scaling);
            return;
        }

        if (change is { Joining.Count: 0, Leaving.Count: 0 } or null) Answer(scaling, done: change is not null);
        else Move(scaling, change);
    }

    private void Move(Scaling scaling, GroupChange change)
    {
        foreach (var consumer in change.Joining) StartConsumer(consumer);
        scaling.Leaving.UnionWith(change.Leaving);
        scaling.RoutersToMove = _routers.Count;
        var move = new RouterProtocol.Move(scaling.Order.Name, _topology.Groups[scaling.Order.Name].Instances);
        foreach (var router in _routers) router.Tell(move);
    }

    private void OnMoved(string group)
    {
        var scaling = _scalings[group];
        if (--scaling.RoutersToMove > 0) return;
        foreach (var router in _routers) router.Tell(new RouterProtocol.Switch(group));
        if (scaling.Leaving.Count == 0) Answer(scaling, done: true);
        else foreach (var consumer in scaling.Leaving) Complete(consumer);
    }

    /// <summary>An instance has completed and is gone; what it counted stays in the books.</summary>
    private void OnLeft(IActorRef actor)
    {
        _consumers.Remove(actor);
        foreach (var scaling in _scalings.Values.ToList())
        {
            if (scaling.Leaving.RemoveWhere(consumer => consumer.Ref.Equals(actor)) > 0 && scaling.Leaving.Count == 0) Answer(scaling, done: true);
        }
    }

    private void Answer(Scaling scaling, bool done)
    {
        scaling.Order.Answer.TrySetResult(done);
        Next(scaling);
    }

    private void Next(Scaling scaling)
    {
        _scalings.Remove(scaling.Order.Name);
        if (scaling.Waiting.TryDequeue(out var order)) Begin(new Scaling(order, scaling.Waiting));
    }

    /// <summary>One order at work, and those that wait for it.</summary>
    private sealed class Scaling(RootProtocol.Resize order, Queue<RootProtocol.Resize>? waiting = null)
    {
        public RootProtocol.Resize Order { get; } = order;

        public Queue<RootProtocol.Resize> Waiting { get; } = waiting ?? new();

        public HashSet<ConsumerInstance> Leaving { get; } = [];

        public int RoutersToMove { get; set; }
    }
}
