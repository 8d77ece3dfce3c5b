using Akka.Actor;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>One consumer under a probe that stands for the root. Time passes only when a test says so.</summary>
public abstract class OneConsumer : UnderARoot
{
    protected OneConsumer()
        : base(VirtualTime) => Root.IgnoreMessages(m => m is ConsumerProtocol.Restarting or ConsumerProtocol.Restarted);

    private protected PacketSource Source { get; } = PacketSource.OneToAPage();

    private protected CallLog Calls { get; } = new();

    protected override void AfterAll()
    {
        base.AfterAll();
        Source.Dispose();
    }

    protected static void CrashWhile(bool wanted)
    {
        if (wanted) throw new InvalidDataException("on order");
    }

    private protected static ConsumerInstance Instance(IPacketConsumer consumer) => Instance(() => consumer);

    private protected static ConsumerInstance Instance(Func<IPacketConsumer> make, ConsumerKind kind = ConsumerKind.Bypass) => new()
    {
        Options = new ConsumerOptions { Name = "handler", Kind = kind },
        Id = new InstanceId("", 0),
        Context = new HandlerContext("handler"),
        Make = make,
        Account = new PacketAccount("handler", AccountKind.Consumer),
        Copies = new PacketAccount("handler", AccountKind.Copy),
    };

    private protected IActorRef Start(ConsumerInstance instance) => Child(ConsumerActor.Props(instance), instance.ActorName);

    protected Task TimePasses(IActorRef consumer, int milliseconds) => TimePasses(consumer, TimeSpan.FromMilliseconds(milliseconds));
}
