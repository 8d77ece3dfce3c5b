using Akka.Actor;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Telemetry;

namespace Pipeline.Actors.Control;

/// <summary>Takes orders from outside. Each is answered to its sender, at once or when it has been carried out.</summary>
internal sealed partial class PipelineRoot
{
    private void OnOrder(RootProtocol.Order order)
    {
        var isKnown = order is RootProtocol.AddRoute ? _topology.Groups.Knows(order.Name) : _topology.Groups.Contains(order.Name);
        if (!isKnown) Sender.Tell(OrderAnswer.Unknown);
        else if (order is RootProtocol.Change change) OnChange(change, Sender);
        else if (order is RootProtocol.Restart restart) OnRestart(restart, Sender);
        else Sender.Tell(CarryOut(order));
    }

    private OrderAnswer CarryOut(RootProtocol.Order order)
    {
        switch (order)
        {
            case RootProtocol.Pause:
                if (_paused.Add(order.Name)) Tell(PipelineEventKind.Paused, order, "takes nothing until it is resumed");
                TellAll(order.Name, ConsumerProtocol.Pause.Instance);
                return OrderAnswer.Done;
            case RootProtocol.Resume:
                if (_paused.Remove(order.Name)) Tell(PipelineEventKind.Resumed, order, "goes on");
                TellAll(order.Name, ConsumerProtocol.Resume.Instance);
                return OrderAnswer.Done;
            case RootProtocol.CloseBreaker:
                return CloseBreaker(order);
            default:
                return OrderAnswer.Unknown;
        }
    }

    private OrderAnswer CloseBreaker(RootProtocol.Order order)
    {
        if (_topology.Routes.Breakers.Close(order.Name) is not { } closed)
            return new OrderAnswer(OrderOutcome.Refused, $"no route to {order.Name} has a breaker");
        foreach (var route in closed) Tell(PipelineEventKind.RouteClosed, order, BreakerView.Closed(route));
        return OrderAnswer.Done;
    }

    /// <summary>Tells what came of an order, and who gave it.</summary>
    private void Tell(PipelineEventKind kind, RootProtocol.Order order, string words) =>
        _state.Events.Add(new PipelineEvent(0, default, kind, order.Name, order.InWords(words)) { Who = order.Who });
}
