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

    private void OnScale(RootProtocol.Scale order)
    {
        if (_scalings.TryGetValue(order.Name, out var atWork)) atWork.Waiting.Enqueue(order);
        else Begin(new Scaling(order));
    }

    private void Begin(Scaling scaling)
    {
        var (name, before) = (scaling.Order.Name, _topology.TargetsOf(scaling.Order.Name).Count);
        _scalings[name] = scaling;
        if (_routersAtWork == 0)
        {
            // Behind the last packet there is nothing to scale for, and consumers have been told to complete.
            scaling.Order.Answer.TrySetResult(false);
            Next(scaling);
            return;
        }

        try
        {
            var changed = _topology.Resize(name, scaling.Order.Instances);
            if (scaling.Order.Instances < before) scaling.Leaving.UnionWith(changed);
            else foreach (var consumer in changed) StartConsumer(consumer);
        }
        catch (Exception error)
        {
            scaling.Order.Answer.TrySetException(error);
            Next(scaling);
            return;
        }

        if (scaling.Order.Instances == before)
        {
            End(scaling);
            return;
        }

        scaling.RoutersToMove = _routers.Count;
        foreach (var router in _routers) router.Tell(new RouterProtocol.Move(name, _topology.TargetsOf(name)));
    }

    private void OnMoved(string group)
    {
        var scaling = _scalings[group];
        if (--scaling.RoutersToMove > 0) return;
        foreach (var router in _routers) router.Tell(new RouterProtocol.Switch(group));
        if (scaling.Leaving.Count == 0) End(scaling);
        else foreach (var consumer in scaling.Leaving) Complete(consumer);
    }

    /// <summary>An instance has completed and is gone; what it counted stays in the books.</summary>
    private void OnLeft(IActorRef actor)
    {
        _consumers.Remove(actor);
        foreach (var scaling in _scalings.Values.ToList())
        {
            if (scaling.Leaving.RemoveWhere(consumer => consumer.Ref.Equals(actor)) > 0 && scaling.Leaving.Count == 0) End(scaling);
        }
    }

    private void End(Scaling scaling)
    {
        scaling.Order.Answer.TrySetResult(true);
        Next(scaling);
    }

    private void Next(Scaling scaling)
    {
        _scalings.Remove(scaling.Order.Name);
        if (scaling.Waiting.TryDequeue(out var order)) Begin(new Scaling(order, scaling.Waiting));
    }

    /// <summary>One order at work, and those that wait for it.</summary>
    private sealed class Scaling(RootProtocol.Scale order, Queue<RootProtocol.Scale>? waiting = null)
    {
        public RootProtocol.Scale Order { get; } = order;

        public Queue<RootProtocol.Scale> Waiting { get; } = waiting ?? new();

        public HashSet<ConsumerInstance> Leaving { get; } = [];

        public int RoutersToMove { get; set; }
    }
}
