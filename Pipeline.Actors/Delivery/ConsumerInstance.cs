using System.Diagnostics;
using Akka.Actor;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Delivery;

/// <summary>
/// One instance of a consumer group: its options, the actor that runs it, and its figures. It outlives restarts of the actor. It also
/// outlives the actor itself when it leaves its group and comes back.
/// </summary>
[DebuggerDisplay("{ActorName}: {Figures.State}")]
internal sealed class ConsumerInstance : IBundleTarget
{
    private bool _serves;
    private volatile bool _hasLeft;

    public int Weight => Options.Weight;

    /// <summary>The group's options.</summary>
    public required ConsumerOptions Options { get; init; }

    /// <summary>The id, which stays the same for the whole run, whoever joins or leaves.</summary>
    public required InstanceId Id { get; init; }

    /// <summary>The context that a handler is opened with, and counts in.</summary>
    public required HandlerContext Context { get; init; }

    /// <summary>Makes a new consumer; called at the start and after a failure, on the consumer's thread.</summary>
    public required Func<IPacketConsumer> Make { get; init; }

    /// <summary>The group's account.</summary>
    public required PacketAccount Account { get; init; }

    /// <summary>The group's account of copies.</summary>
    public required PacketAccount Copies { get; init; }

    /// <summary>What it releases flows with; null where it cannot.</summary>
    public FlowReleaser? Releaser { get; init; }

    /// <summary>What is told whether it takes packets; null where nobody wants to know.</summary>
    public GroupDoor? Door { get; init; }

    /// <summary>The dispatcher whose thread runs it. Set before the actor starts.</summary>
    public string Dispatcher { get; set; } = DispatcherIds.Delivery;

    /// <summary>Its actor. Set before any router knows of it.</summary>
    public IActorRef Ref { get; set; } = ActorRefs.Nobody;

    /// <summary>The figures that others may read. Any thread.</summary>
    public ConsumerFigures Figures { get; } = new();

    /// <summary>The back-off after a failure, which counts the failures of all incarnations. Only its actor uses it.</summary>
    public Backoff Backoff { get; } = new();

    /// <summary>The span of its being made anew; null while it is not, and where nobody listens. Only its actor uses it.</summary>
    public Activity? Restarting { get; private set; }

    /// <summary>Whether every router has drained. The consumer then finishes once the mailbox is empty. Only its actor uses it.</summary>
    public bool IsCompleting { get; set; }

    /// <summary>
    /// Whether it has left its group, so that nobody need look at it any more. Its counts stay in the books. Set by the root; any thread
    /// reads it.
    /// </summary>
    public bool HasLeft { get => _hasLeft; set => _hasLeft = value; }

    /// <summary>The group's name.</summary>
    public string Group => Options.Name;

    /// <summary>The actor's name.</summary>
    public string ActorName => $"{Options.Name}-{Id.Number}";

    /// <summary>
    /// Whether it is an output, which is not replaced after a failure: a new one would overwrite what the old one wrote. Later packets are
    /// lost, and counted.
    /// </summary>
    public bool IsOutput => Options.Kind == ConsumerKind.AfPacket || Options.Write is not null;

    /// <summary>Hands over a bundle: one Tell per bundle.</summary>
    public void Send(PageBundle bundle) => Ref.Tell(bundle, ActorRefs.NoSender);

    /// <summary>Opens a handler. Other consumers are already open when they are made.</summary>
    /// <exception cref="HandlerOptionException">Its options are wrong, or it did not ask for one that was given.</exception>
    public void Open(IPacketConsumer consumer)
    {
        if (consumer is not PacketHandler handler) return;
        handler.Open(Context);
        Context.Options.RejectUnread();
    }

    /// <summary>Says whether it takes packets. Only its actor calls it.</summary>
    public void Serve(bool serves)
    {
        if (serves == _serves) return;
        _serves = serves;
        Door?.Change(serves);
    }

    /// <summary>Begins the span of its being made anew, unless there is one.</summary>
    /// <param name="why">The failure; null for an order.</param>
    public void BeginRestart(Exception? why)
    {
        if (Restarting is not null || PipelineSpans.Begin(PipelineSpans.Restart, parent: null) is not { } span) return;
        span.SetTag("consumer", Group).SetTag("actor", ActorName).SetTag("cause", why is null ? "order" : "failure");
        if (why is not null) span.SetTag("error.type", why.GetType().FullName);
        Restarting = span;
    }

    /// <summary>Ends that span.</summary>
    /// <param name="why">Why it failed for good; null where it takes packets again.</param>
    public void EndRestart(Exception? why)
    {
        PipelineSpans.End(Restarting, why is null ? "running" : "failed", why is null ? null : FailureWords.Of(why));
        Restarting = null;
    }

    /// <summary>
    /// Forgets an earlier failure, because the instance may have left the group before. Called before its new actor starts.
    /// </summary>
    public void BeginAgain()
    {
        Backoff.Forget();
        Figures.LastFailure = null;
        Figures.IsPaused = false;
        Figures.State = ConsumerState.Starting;
    }
}
