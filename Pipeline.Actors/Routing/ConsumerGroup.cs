using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>Where bundles are sent: an actor in life, a list in tests. Sending hands the bundle over.</summary>
internal interface IBundleTarget
{
    /// <summary>What it is known by for as long as it lives.</summary>
    InstanceId Id { get; }

    void Send(PageBundle bundle);
}

/// <summary>A consumer group as routers see it: its instances in any order, and where packets sent there are counted.</summary>
/// <param name="Name">What routes call it.</param>
/// <param name="Instances">At least one while a route leads here.</param>
/// <param name="Account">Of packets whose final route leads here.</param>
/// <param name="Copies">Of copies.</param>
internal sealed record ConsumerGroup(string Name, IReadOnlyList<IBundleTarget> Instances, PacketAccount Account, PacketAccount Copies);
