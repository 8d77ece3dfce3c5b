namespace Pipeline.Nic.Pages;

/// <summary>
/// The terms on which a bundle of another node's packets is lent to this one: how long its packets may be processed, and who hears that
/// they were. One lease covers many bundles.
/// </summary>
internal abstract class BundleLease
{
    /// <summary>Whether the packets may still be processed. It never becomes true again. Any thread; it costs a look at a clock.</summary>
    public abstract bool IsValid { get; }

    /// <summary>
    /// Hears that packets are about to be settled as dropped that were not processed. Nothing that was lent may be processed from now on.
    /// Any thread.
    /// </summary>
    /// <param name="packets">How many. Negative where somebody else settled them first after all.</param>
    /// <param name="bytes">Their captured bytes.</param>
    public abstract void Discard(long packets, long bytes);

    /// <summary>Hears that a bundle was disposed, after its pages went home. Any thread.</summary>
    /// <param name="ticket">The bundle's, as the lender wrote it.</param>
    /// <param name="isDiscarded">Whether its owner said that none of its packets was processed.</param>
    public abstract void Home(long ticket, bool isDiscarded);
}
