using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers;

/// <summary>
/// A consumer that takes whole bundles over, because their pages are still needed when it returns: transmitting without a copy.
/// Handlers are not such consumers: the memory they see is gone after the call.
/// </summary>
public interface IBundleConsumer : IPacketConsumer
{
    /// <summary>
    /// Bundles it has taken over and not disposed. While there are any, it is flushed now and then, and its end is delayed a little.
    /// </summary>
    int InFlight { get; }

    /// <summary>Takes a bundle over. Once this returns <c>true</c>, this consumer must settle and dispose the bundle, once.</summary>
    /// <returns>
    /// False when it cannot. The bundle then stays the caller's, who offers it through <see cref="IPacketConsumer.Consume"/> instead.
    /// </returns>
    bool TryTake(PageBundle bundle);
}
