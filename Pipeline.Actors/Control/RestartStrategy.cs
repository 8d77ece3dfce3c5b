using Akka.Actor;
using Pipeline.Actors.Telemetry;

namespace Pipeline.Actors.Control;

/// <summary>Restarts whichever actor fails, whatever it failed with, and notes it.</summary>
internal sealed class RestartStrategy(ActorFailures failures) : OneForOneStrategy(_ => Directive.Restart)
{
    protected override Directive Handle(IActorRef child, Exception exception)
    {
        failures.Add(child, exception);
        return base.Handle(child, exception);
    }
}
