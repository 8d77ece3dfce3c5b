using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers;

/// <summary>
/// A consumer that takes whole bundles over, because their pages are still needed when it returns: transmitting without a copy.
/// Handlers are no such consumers; what they see ends with the call.
/// </summary>
public interface IBundleConsumer : IPacketConsumer
{
    /// <summary>
    /// Bundles it has taken over and not disposed. While there are any it is flushed now and then, and its end is put off a little.
    /// </summary>
    int InFlight { get; }

    /// <summary>Takes a bundle over. From <c>true</c> on it is this consumer's to settle and to dispose, once.</summary>
    /// <returns>
    /// False when it cannot: the bundle stays the caller's, who offers it by <see cref="IPacketConsumer.Consume"/> instead.
    /// </returns>
    bool TryTake(PageBundle bundle);
}
