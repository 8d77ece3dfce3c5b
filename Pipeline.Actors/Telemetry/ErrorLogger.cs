using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace Pipeline.Actors.Telemetry;

/// <summary>Writes what actors log to standard error, a line for each event. Standard output is for data.</summary>
internal sealed class ErrorLogger : UntypedActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InitializeLogger: Sender.Tell(new LoggerInitialized()); break;
            case LogEvent logged: ErrorLines.Write(logged); break;
            default: Unhandled(message); break;
        }
    }
}
