using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>Where bundles are sent: an actor in production, a list in tests. Sending hands the bundle over.</summary>
internal interface IBundleTarget
{
    /// <summary>The id by which it is known for as long as it lives.</summary>
    InstanceId Id { get; }

    /// <summary>It gets so many times the flows that an instance of weight 1 gets.</summary>
    int Weight => 1;

    /// <summary>
    /// Whether nobody takes what is sent there, now or for good. When its group gets others, they get what it has not sent on
    /// (<see cref="TakeBack"/>).
    /// </summary>
    bool IsGone => false;

    /// <summary>
    /// Whether it may hold no more of a route's share than is free for the others. So is one on another node, which can fall silent.
    /// </summary>
    bool IsBounded => false;

    /// <summary>Whether nothing is to be sent there, so that what comes waits within its route's share.</summary>
    bool HoldsBack => false;

    void Send(PageBundle bundle);

    /// <summary>Takes back what was sent there and nobody has processed, in the order in which it was sent. Only of one that is gone.</summary>
    /// <param name="shares">The shares that the bundles are charged to; others' bundles stay.</param>
    /// <param name="to">The caller owns what is added.</param>
    void TakeBack(ReadOnlySpan<PageShare> shares, List<PageBundle> to)
    {
    }
}

/// <summary>A consumer group as routers see it: its instances in any order, and the accounts of packets sent there.</summary>
/// <param name="Name">The name that routes use.</param>
/// <param name="Instances">At least one while a route leads here.</param>
/// <param name="Account">The account of packets whose final route leads here.</param>
/// <param name="Copies">The account of copies.</param>
/// <param name="Releaser">What its instances release flows with; null where they cannot.</param>
internal sealed record ConsumerGroup(
    string Name, IReadOnlyList<IBundleTarget> Instances, PacketAccount Account, PacketAccount Copies, FlowReleaser? Releaser = null);
