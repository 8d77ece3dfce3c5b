using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>Where bundles are sent: an actor in production, a list in tests. Sending hands the bundle over.</summary>
internal interface IBundleTarget
{
    /// <summary>The id by which it is known for as long as it lives.</summary>
    InstanceId Id { get; }

    void Send(PageBundle bundle);
}

/// <summary>A consumer group as routers see it: its instances in any order, and the accounts of packets sent there.</summary>
/// <param name="Name">The name that routes use.</param>
/// <param name="Instances">At least one while a route leads here.</param>
/// <param name="Account">The account of packets whose final route leads here.</param>
/// <param name="Copies">The account of copies.</param>
internal sealed record ConsumerGroup(string Name, IReadOnlyList<IBundleTarget> Instances, PacketAccount Account, PacketAccount Copies);
