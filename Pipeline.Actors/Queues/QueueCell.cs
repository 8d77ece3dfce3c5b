using System.Diagnostics;
using Akka.Actor;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Queues;

/// <summary>
/// The state that one NIC queue actor works with, and the figures that it leaves for others to read. It outlives restarts of the actor.
/// </summary>
[DebuggerDisplay("{Queue.Name}: {Account.Received.Packets} received, fault {Fault}")]
internal sealed class QueueCell(INicQueue queue, QueueAccount account, PacketAccount lost, BundlePool bundles, Selection selection)
{
    private string? _trouble;
    private volatile QueueState _state;

    /// <summary>The device's queue. Only the actor's thread calls it.</summary>
    public INicQueue Queue { get; } = queue;

    /// <summary>The account of what it received.</summary>
    public QueueAccount Account { get; } = account;

    /// <summary>The account of packets that are lost between queue and router.</summary>
    public PacketAccount Lost { get; } = lost;

    /// <summary>Its bundles come from here.</summary>
    public BundlePool Bundles { get; } = bundles;

    /// <summary>Which packets the command line asked for, and how many.</summary>
    public Selection Selection { get; } = selection;

    /// <summary>The rules of its router.</summary>
    public RuleSlot? Rules { get; init; }

    /// <summary>The longest that a packet should wait for others.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>
    /// What its actor does, which alone sets it; any thread reads it. It takes the place of Become, which allocates, as does a delegate made
    /// on the spot: under load the actor falls asleep with every other page.
    /// </summary>
    public QueueState State { get => _state; set => _state = value; }

    /// <summary>Where its bundles go. Set before the actor starts.</summary>
    public IActorRef Router { get; set; } = ActorRefs.Nobody;

    /// <summary>The dispatcher whose thread runs it and its router. Set before the actor starts.</summary>
    public string Dispatcher { get; set; } = DispatcherIds.Intake;

    /// <summary>The fault that ended it before its source ended; null for none.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Why its source gives nothing now and is asked again; null while it does give packets. Any thread reads it.</summary>
    public string? Trouble
    {
        get => Volatile.Read(ref _trouble);
        set => Volatile.Write(ref _trouble, value);
    }
}
