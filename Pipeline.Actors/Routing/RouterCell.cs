using System.Diagnostics;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Trials;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>
/// The state that one router works with, and the figures that it leaves for others to read. It outlives restarts of the actor.
/// </summary>
[DebuggerDisplay("{Name}: blocked {Scatter.IsBlocked}, draining {IsDraining}")]
internal sealed class RouterCell
{
    /// <summary>The router's name, such as <c>router-pcap:0</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where it finds the rules for its next bundle.</summary>
    public required RuleSlot Rules { get; init; }

    /// <summary>
    /// Whether its packets are copies of packets that a device has passed, which have been counted by their rules already.
    /// </summary>
    public bool IsOfCopies { get; init; }

    /// <summary>Other rules that judge its packets beside those in force.</summary>
    public PortList<ShadowPort> Shadows { get; } = new();

    /// <summary>Its ways out.</summary>
    public required Scatter Scatter { get; init; }

    /// <summary>The bundles that it sends come from here.</summary>
    public required BundlePool Bundles { get; init; }

    /// <summary>The longest a packet waits for its bundle to fill.</summary>
    public required TimeSpan Latency { get; init; }

    /// <summary>Rules that turn out not to work for a link type; shared by all routers.</summary>
    public required WarningList Warnings { get; init; }

    /// <summary>Its actor's mailbox, which outlives restarts; null before the actor was made. Any thread reads it.</summary>
    public BundleQueue? Mailbox { get; set; }

    /// <summary>The dispatcher whose thread runs it and its queue. Set before the actor starts.</summary>
    public string Dispatcher { get; set; } = DispatcherIds.Intake;

    /// <summary>The groups whose flows are moving, and whose move has not been reported as ready. Only its actor uses it.</summary>
    public List<string> Moving { get; } = [];

    /// <summary>
    /// The generation whose rules can be forgotten once the mailbox is empty; 0 for none. Only its actor uses it.
    /// </summary>
    public int Settled { get; set; }

    /// <summary>Whether the queue sends nothing more. The router is then done once the mailbox is empty. Only its actor uses it.</summary>
    public bool IsDraining { get; set; }
}
