using Akka.Actor;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Telemetry;

namespace Pipeline.Actors.Control;

/// <summary>Restarts consumers on demand, and knows when that has happened.</summary>
internal sealed partial class PipelineRoot
{
    private readonly List<RestartAtWork> _restarts = [];

    private void OnRestart(RootProtocol.Restart order, IActorRef asker)
    {
        if (_topology.Groups.WhyNotRestart(order.Name) is { } why)
        {
            asker.Tell(new OrderAnswer(OrderOutcome.Refused, why));
            return;
        }

        // An instance that has left reads no order any more.
        var instances = _topology.Consumers.Where(c => c.Group == order.Name && !c.HasLeft && _consumers.Contains(c.Ref)).ToList();
        var restart = new RestartAtWork(order, [.. instances], asker);
        _restarts.Add(restart);
        foreach (var instance in instances) instance.Ref.Tell(ConsumerProtocol.Restart.Instance);
        EndIfDone(restart);
    }

    /// <summary>An instance gets its orders one after the other, so its answers come in the order of the restarts.</summary>
    private void OnRestarted(ConsumerInstance consumer)
    {
        if (_restarts.Find(r => r.Waiting.Remove(consumer)) is { } restart) EndIfDone(restart);
    }

    /// <summary>An instance that leaves with a restart unread will not be made anew: its restarts wait for the others alone.</summary>
    private void ForgetRestartsOf(IActorRef gone)
    {
        foreach (var restart in _restarts.ToList())
        {
            if (restart.Waiting.RemoveWhere(consumer => consumer.Ref.Equals(gone)) > 0) EndIfDone(restart);
        }
    }

    private void EndIfDone(RestartAtWork restart)
    {
        if (restart.Waiting.Count > 0) return;
        _restarts.Remove(restart);
        Tell(PipelineEventKind.Restarted, restart.Order, "was made anew on demand");
        restart.Asker.Tell(OrderAnswer.Done);
    }

    /// <summary>A restart of a group.</summary>
    /// <param name="Waiting">The instances that have not said that they are new.</param>
    private sealed record RestartAtWork(RootProtocol.Restart Order, HashSet<ConsumerInstance> Waiting, IActorRef Asker);
}
