using Akka.Actor;
using Pipeline.Actors.Delivery;

namespace Pipeline.Actors.Control;

/// <summary>Keeps the consumers, and which of them have completed.</summary>
internal sealed partial class PipelineRoot
{
    private readonly HashSet<string> _paused = [];

    /// <summary>Consumers that have not said that they completed.</summary>
    private readonly HashSet<ConsumerInstance> _atWork = [];

    /// <summary>Those of them that were told to complete, or have completed.</summary>
    private readonly HashSet<ConsumerInstance> _completing = [];

    private void StartConsumer(ConsumerInstance consumer)
    {
        consumer.BeginAgain();
        consumer.HasLeft = false;
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

        if (_changes.TryGetValue(consumer.Group, out var change) && change.Leaving.Contains(consumer))
        {
            consumer.HasLeft = true;
            Context.Watch(consumer.Ref);
            Context.Stop(consumer.Ref);
        }
    }

    /// <summary>An instance has completed and is gone. Its counts stay in the books.</summary>
    private void OnLeft(IActorRef actor)
    {
        _consumers.Remove(actor);
        ForgetRestartsOf(actor);
        foreach (var change in _changes.Values.ToList())
        {
            var wasAmongThem = change.Leaving.RemoveWhere(consumer => consumer.Ref.Equals(actor)) > 0;
            if (wasAmongThem && change.Leaving.Count == 0) End(change, OrderAnswer.Done);
        }
    }

    private void TellAll(string group, object message)
    {
        foreach (var consumer in _topology.Consumers.Where(c => c.Group == group)) consumer.Ref.Tell(message);
    }
}
