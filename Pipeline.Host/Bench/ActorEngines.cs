using Akka.Actor;
using Pipeline.Actors.Dispatch;
using Pipeline.Nic.Pages;

namespace Pipeline.Bench;

/// <summary>The pipeline's own way: one Tell per bundle, to an actor with a <see cref="BundleMailbox"/> on a delivery thread.</summary>
internal sealed class MailboxEngine : HandoffEngine
{
    private readonly IActorRef _actor;

    public MailboxEngine(int packets, ActorSystem system)
        : base("mailbox", packets)
    {
        var props = Props.CreateBy(new ActorProducer<Sink>(() => new Sink(this)));
        _actor = system.ActorOf(props.WithDispatcher(DispatcherIds.Delivery).WithMailbox(BundleMailbox.Id));
    }

    protected override void Send(PageBundle bundle) => _actor.Tell(bundle, ActorRefs.NoSender);

    private sealed class Sink(MailboxEngine engine) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is not BundleDrain drain)
            {
                Unhandled(message);
                return;
            }

            drain.Begin();
            while (drain.TryNext(out var bundle)) engine.Receive(bundle!);
        }
    }
}

/// <summary>
/// One Tell per packet, to an actor with Akka's own mailbox on a thread of the same kind. Its messages are made in advance.
/// </summary>
internal sealed class TellEngine : HandoffEngine
{
    /// <summary>Its dispatcher: a <see cref="CpuExecutor"/> that lets Akka batch messages as it usually does.</summary>
    public const string Dispatcher = "pipeline-dispatchers.bench-tell";

    private readonly IActorRef _actor;
    private readonly Message[] _messages;

    public TellEngine(int packets, ActorSystem system)
        : base("tell", packets)
    {
        _messages = [.. Enumerable.Range(0, InFlight * packets).Select(_ => new Message())];
        _actor = system.ActorOf(Props.CreateBy(new ActorProducer<Sink>(() => new Sink(this))).WithDispatcher(Dispatcher));
    }

    protected override void Write(PageBundle bundle)
    {
        foreach (var message in MessagesOf(bundle)) message.Packet = Descriptor();
    }

    protected override void Send(PageBundle bundle)
    {
        var messages = MessagesOf(bundle);
        messages[^1].LastOf = bundle;
        foreach (var message in messages) _actor.Tell(message, ActorRefs.NoSender);
    }

    private Span<Message> MessagesOf(PageBundle bundle) => _messages.AsSpan((int)bundle.Sequence * BundlePackets, BundlePackets);

    private sealed class Message : ILocalMessage
    {
        public Packet Packet;

        /// <summary>Set on the last of a bundle's packets.</summary>
        public PageBundle? LastOf { get; set; }
    }

    private sealed class Sink(TellEngine engine) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            var packet = (Message)message;
            engine.Count(packet.Packet);
            if (packet.LastOf is { } bundle) engine.GiveBack(bundle);
        }
    }
}
