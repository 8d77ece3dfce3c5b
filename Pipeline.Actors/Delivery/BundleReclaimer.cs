using Akka.Actor;
using Akka.Event;
using Pipeline.Actors.Dispatch;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Delivery;

/// <summary>
/// Takes in bundles that reached nobody: dead letters, and messages an actor did not understand. A backstop: mailboxes reclaim what
/// is in them themselves.
/// </summary>
internal sealed class BundleReclaimer : UntypedActor
{
    private BundleReclaimer()
    {
    }

    public static Props Props() => Akka.Actor.Props.CreateBy(new ActorProducer<BundleReclaimer>(() => new BundleReclaimer())).WithDispatcher(DispatcherIds.Control);

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

    /// <summary>Every pipeline of a system hears of every dead letter; each bundle is to be taken in once.</summary>
    private bool IsOurs(IActorRef recipient) => recipient.Path == Self.Path.Parent || recipient.Path.Parent == Self.Path.Parent;

    private static void Reclaim(PageBundle bundle)
    {
        bundle.SettleDropped(DropReason.DeadLetter);
        bundle.Dispose();
    }
}
