using Akka.Actor;
using Akka.Event;
using Pipeline.Actors.Dispatch;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Delivery;

/// <summary>
/// Disposes bundles that reached nobody: dead letters, and messages that an actor did not understand. It is a backstop, because mailboxes
/// reclaim their own bundles.
/// </summary>
internal sealed class BundleReclaimer : UntypedActor
{
    private BundleReclaimer()
    {
    }

    public static Props Props() =>
        Akka.Actor.Props.CreateBy(new ActorProducer<BundleReclaimer>(() => new BundleReclaimer())).WithDispatcher(DispatcherIds.Control);

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(AllDeadLetters));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AllDeadLetters { Message: PageBundle bundle } letter when IsOurs(letter.Recipient): Reclaim(bundle); break;
            case AllDeadLetters: break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>Every pipeline of a system hears of every dead letter, but each bundle must be reclaimed only once.</summary>
    private bool IsOurs(IActorRef recipient) => recipient.Path == Self.Path.Parent || recipient.Path.Parent == Self.Path.Parent;

    private static void Reclaim(PageBundle bundle)
    {
        bundle.SettleDropped(DropReason.DeadLetter);
        bundle.Dispose();
    }
}
