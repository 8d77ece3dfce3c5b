using Akka.Actor;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Delivery;

/// <summary>The actor behind one consumer instance. One Tell per bundle: this is the handoff.</summary>
internal sealed class ActorTarget : IBundleTarget
{
    /// <summary>Set once, before any router starts.</summary>
    public IActorRef Ref { get; set; } = ActorRefs.Nobody;

    public void Send(PageBundle bundle) => Ref.Tell(bundle, ActorRefs.NoSender);
}
