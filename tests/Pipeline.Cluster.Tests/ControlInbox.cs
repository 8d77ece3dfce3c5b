using System.Collections.Concurrent;
using Akka.Actor;

namespace Pipeline.Cluster.Tests;

/// <summary>An actor of a node that keeps what it is told, and a reference to it as another node has it.</summary>
internal sealed class ControlInbox : IDisposable
{
    private readonly BlockingCollection<object> _received = [];

    private ControlInbox()
    {
    }

    /// <summary>What the other node tells its messages to.</summary>
    public IActorRef FromTheOther { get; private set; } = ActorRefs.Nobody;

    /// <param name="at">Where the actor is.</param>
    /// <param name="other">The node that will tell it something.</param>
    public static async Task<ControlInbox> Open(Node at, Node other, TimeSpan patience)
    {
        var inbox = new ControlInbox();
        at.System.ActorOf(Props.Create(() => new Receiver(inbox._received)), "control");
        var path = new RootActorPath(at.Cluster.SelfAddress) / "user" / "control";
        inbox.FromTheOther = await other.System.ActorSelection(path).ResolveOne(patience);
        return inbox;
    }

    /// <returns>The next message; null if none comes in that time.</returns>
    public object? Next(TimeSpan patience) => _received.TryTake(out var message, patience) ? message : null;

    public void Dispose() => _received.Dispose();

    private sealed class Receiver(BlockingCollection<object> received) : UntypedActor
    {
        protected override void OnReceive(object message) => received.Add(message);
    }
}
