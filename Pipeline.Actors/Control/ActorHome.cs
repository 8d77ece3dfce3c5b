using Akka;
using Akka.Actor;
using Pipeline.Actors.Dispatch;

namespace Pipeline.Actors.Control;

/// <summary>The actor system that a pipeline lives in. Its own system ends with it; somebody else's is left as it was.</summary>
internal sealed class ActorHome
{
    /// <summary>How long to wait for actors to stop. A consumer that hangs in a system call cannot be stopped, only left behind.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How long to wait for the other actors when one is known not to stop.</summary>
    private static readonly TimeSpan NoPatience = TimeSpan.FromMilliseconds(100);

    private readonly ActorSystem _system;
    private readonly bool _isOwn;

    private ActorHome(ActorSystem system, bool isOwn)
    {
        _system = system;
        _isOwn = isOwn;
    }

    public static ActorHome Own(Topology topology) =>
        new(ActorSystem.Create("pipeline", EmbeddedConfig.Load(
            topology.Routes.MailboxBundles, topology.Placement, AkkaLog.Settings(topology.Akka))), isOwn: true);

    public static ActorHome Joined(ActorSystem system, Topology topology)
    {
        EmbeddedConfig.Into(system, topology.Placement!);
        return new ActorHome(system, isOwn: false);
    }

    /// <summary>Starts the root under a name that is free in the system: the given name, or that name with a number appended.</summary>
    public IActorRef Settle(Props root, string name)
    {
        for (var number = 1; ; number++)
        {
            try
            {
                return _system.ActorOf(root, number == 1 ? name : $"{name}-{number}");
            }
            catch (InvalidActorNameException)
            {
                // The name is taken; an invalid name was refused before. The next number may be free.
            }
        }
    }

    /// <summary>
    /// Makes an orderly shutdown of the system drain the run before its actors are stopped. The system keeps this callback for as long as
    /// it lives, so the callback holds only the outcome of a run that has ended.
    /// </summary>
    public void DrainBeforeShutdown(IActorRef root, Task completion, string name) => CoordinatedShutdown.Get(_system).AddTask(
        CoordinatedShutdown.PhaseServiceRequestsDone,
        $"drain {name}",
        async () =>
        {
            root.Tell(RootProtocol.Drain.Instance);
            await completion;
            return Done.Instance;
        });

    /// <summary>Ends its own system, or waits until the root has left somebody else's.</summary>
    /// <param name="someoneStays">Whether an actor of the pipeline is known not to stop.</param>
    public Task Leave(IActorRef root, bool someoneStays) =>
        Task.WhenAny(
            _isOwn ? _system.Terminate() : root.WatchAsync(), _system.WhenTerminated, Task.Delay(someoneStays ? NoPatience : Patience));
}
