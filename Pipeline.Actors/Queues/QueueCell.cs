using Akka.Actor;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Queues;

/// <summary>What one NIC queue actor works with and what it leaves for others to read. It outlives restarts of the actor.</summary>
/// <param name="Queue">The device's queue; the actor's thread alone calls it.</param>
/// <param name="Account">What it received.</param>
/// <param name="Lost">Where packets are counted that are lost between queue and router.</param>
/// <param name="Bundles">What it fills come from here.</param>
/// <param name="Selection">Which packets the command line asked for, and how many.</param>
internal sealed record QueueCell(INicQueue Queue, QueueAccount Account, PacketAccount Lost, BundlePool Bundles, Selection Selection)
{
    /// <summary>Where its bundles go. Set before the actor starts.</summary>
    public IActorRef Router { get; set; } = ActorRefs.Nobody;

    /// <summary>What ended it before its source did; null for none.</summary>
    public Exception? Fault { get; set; }
}
