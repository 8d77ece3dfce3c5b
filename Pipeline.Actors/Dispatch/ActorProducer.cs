using Akka.Actor;

namespace Pipeline.Actors.Dispatch;

/// <summary>Makes actors whose constructors are private, so that <c>Props</c> is the only way to one.</summary>
internal sealed class ActorProducer<TActor>(Func<TActor> make) : IIndirectActorProducer
    where TActor : ActorBase
{
    public Type ActorType => typeof(TActor);

    public ActorBase Produce() => make();

    public void Release(ActorBase actor)
    {
        // Nothing to release: an actor's state is in its cell, which outlives it.
    }
}
