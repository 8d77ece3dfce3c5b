using Akka;
using Akka.Actor;
using Pipeline.Actors.Dispatch;

namespace Pipeline.Actors.Control;

/// <summary>The actor system that a pipeline lives in: its own, which ends with it, or somebody else's, which it leaves as it was.</summary>
internal sealed class ActorHome
{
    /// <summary>A consumer that hangs in a system call cannot be stopped, only left behind.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>For the others, where somebody is known not to stop.</summary>
    private static readonly TimeSpan NoPatience = TimeSpan.FromMilliseconds(100);

    private readonly ActorSystem _system;
    private readonly bool _isOwn;

    private ActorHome(ActorSystem system, bool isOwn)
    {
        _system = system;
        _isOwn = isOwn;
    }

    public static ActorHome Own(Topology topology) =>
        new(ActorSystem.Create("pipeline", EmbeddedConfig.Load(topology.Routes.MailboxBundles, topology.Placement)), isOwn: true);

    public static ActorHome Joined(ActorSystem system, Topology topology)
    {
        EmbeddedConfig.Into(system, topology.Placement!);
        return new ActorHome(system, isOwn: false);
    }

    /// <summary>Starts the root under a name that nobody in the system has: the one given, or with a number behind it.</summary>
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
                // Taken, because the name itself was looked at before; the next number may be free.
            }
        }
    }

    /// <summary>
    /// Lets a run drain when the system is shut down in an orderly way, before its actors are stopped. The system keeps this for as long
    /// as it lives, so it holds nothing of a run that has ended but its outcome.
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

    /// <summary>Ends the system, or waits until the root is gone from it.</summary>
    /// <param name="someoneStays">Whether somebody in it is known not to come back.</param>
    public Task Leave(IActorRef root, bool someoneStays) =>
        Task.WhenAny(_isOwn ? _system.Terminate() : root.WatchAsync(), _system.WhenTerminated, Task.Delay(someoneStays ? NoPatience : Patience));
}
