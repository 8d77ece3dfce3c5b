using System.Diagnostics;
using Pipeline.Actors.Delivery;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Links;

/// <summary>
/// Hands bundles of another node to the instances of this one. An instance has two lanes on every link, for packets and for copies: which
/// they are follows from its place among all instances that this node ever had.
/// </summary>
/// <param name="instances">Every instance there is or was, in the order they were made. Any thread.</param>
internal sealed class ReceivedBundles(Func<IReadOnlyList<ConsumerInstance>> instances) : ILinkTarget
{
    private const int LanesOfInstance = 2;

    /// <summary>The most instances that can be offered to others.</summary>
    public const int Most = LinkSender.MostLanes / LanesOfInstance;

    /// <summary>The first lane of an instance on every link to this node.</summary>
    /// <param name="place">Its place among all instances.</param>
    public static int LaneOf(int place) => place * LanesOfInstance;

    /// <summary>Whether a lane can be the first of an instance.</summary>
    public static bool IsLane(int lane) => lane >= 0 && lane < LinkSender.MostLanes && lane % LanesOfInstance == 0;

    /// <summary>An account beside the books: the packets are in those of the node where they came in.</summary>
    public PacketAccount OpenAccount(int instance) => new($"lane {instance}", AccountKind.Copy);

    public void Take(int instance, PageBundle bundle)
    {
        bundle.StartedAt = Stopwatch.GetTimestamp();
        var (all, place) = (instances(), instance / LanesOfInstance);
        if (place < all.Count && !all[place].HasLeft)
        {
            all[place].Send(bundle);
            return;
        }

        bundle.SettleDropped(DropReason.ConsumerStopped);
        bundle.Dispose();
    }
}
