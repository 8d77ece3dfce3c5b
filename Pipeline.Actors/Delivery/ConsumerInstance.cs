using System.Diagnostics;
using Akka.Actor;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Delivery;

/// <summary>
/// One instance of a consumer group: what it is made of, the actor that runs it, and its figures. It outlives restarts of the actor,
/// and the actor itself where it leaves its group and comes back.
/// </summary>
[DebuggerDisplay("{ActorName}: {Figures.State}")]
internal sealed class ConsumerInstance : IBundleTarget
{
    /// <summary>The group's.</summary>
    public required ConsumerOptions Options { get; init; }

    /// <summary>Stays the same for as long as the run lasts, whoever joins or leaves.</summary>
    public required InstanceId Id { get; init; }

    /// <summary>What a handler is told, and where it counts.</summary>
    public required HandlerContext Context { get; init; }

    /// <summary>Makes a new consumer; called at the start and after a failure, on the consumer's thread.</summary>
    public required Func<IPacketConsumer> Make { get; init; }

    /// <summary>The group's.</summary>
    public required PacketAccount Account { get; init; }

    /// <summary>The group's account of copies.</summary>
    public required PacketAccount Copies { get; init; }

    /// <summary>Whose thread runs it. Set before the actor starts.</summary>
    public string Dispatcher { get; set; } = DispatcherIds.Delivery;

    /// <summary>Its actor. Set before any router knows of it.</summary>
    public IActorRef Ref { get; set; } = ActorRefs.Nobody;

    /// <summary>What others may read. Any thread.</summary>
    public ConsumerFigures Figures { get; } = new();

    /// <summary>How long it waits after a failure, which grows with the failures of all incarnations. Its actor's alone.</summary>
    public Backoff Backoff { get; } = new();

    /// <summary>Every router has drained: once the mailbox is empty the consumer finishes. Its actor's alone.</summary>
    public bool IsCompleting { get; set; }

    /// <summary>The group's name.</summary>
    public string Group => Options.Name;

    /// <summary>The actor's name.</summary>
    public string ActorName => $"{Options.Name}-{Id.Number}";

    /// <summary>
    /// An output is not replaced after a failure: a new one would write over what the old one wrote. What comes after is lost, and
    /// counted.
    /// </summary>
    public bool IsOutput => Options.Kind == ConsumerKind.AfPacket || Options.Write is not null;

    /// <summary>One Tell per bundle: this is the handoff.</summary>
    public void Send(PageBundle bundle) => Ref.Tell(bundle, ActorRefs.NoSender);

    /// <summary>Opens a handler; other consumers are open when they are made.</summary>
    /// <exception cref="HandlerOptionException">Its options are wrong, or it did not ask for one that was given.</exception>
    public void Open(IPacketConsumer consumer)
    {
        if (consumer is not PacketHandler handler) return;
        handler.Open(Context);
        Context.Options.RejectUnread();
    }

    /// <summary>It may have left the group before: what it failed with then is past. Before its new actor starts.</summary>
    public void BeginAgain()
    {
        Backoff.Forget();
        Figures.LastFailure = null;
        Figures.IsPaused = false;
        Figures.State = ConsumerState.Starting;
    }
}
