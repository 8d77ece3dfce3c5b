using System.Diagnostics;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Generations;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>What one router works with and what it leaves for others to read. It outlives restarts of the actor.</summary>
[DebuggerDisplay("{Name}: blocked {Scatter.IsBlocked}, draining {IsDraining}")]
internal sealed class RouterCell
{
    /// <summary>The router's, such as <c>router-pcap:0</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where it finds the rules for its next bundle.</summary>
    public required RuleSlot Rules { get; init; }

    /// <summary>The ways out.</summary>
    public required Scatter Scatter { get; init; }

    /// <summary>What it sends come from here.</summary>
    public required BundlePool Bundles { get; init; }

    /// <summary>The longest a packet waits for its bundle to fill.</summary>
    public required TimeSpan Latency { get; init; }

    /// <summary>Rules that turn out not to work for a link type; shared by all routers.</summary>
    public required WarningList Warnings { get; init; }

    /// <summary>Its actor's mailbox, which outlives restarts; null before the actor was made. Readable by anyone.</summary>
    public BundleQueue? Mailbox { get; set; }

    /// <summary>Whose thread runs it: its queue's. Set before the actor starts.</summary>
    public string Dispatcher { get; set; } = DispatcherIds.Intake;

    /// <summary>The groups whose flows are moving and were not said to have moved. Its actor's alone.</summary>
    public List<string> Moving { get; } = [];

    /// <summary>The queue sends nothing more: once the mailbox is empty the router is done. Its actor's alone.</summary>
    public bool IsDraining { get; set; }
}
