namespace Pipeline.Nic.Pages;

/// <summary>
/// The terms on which a bundle of another node's packets is lent to this one: how long its packets may be processed, and who hears that
/// they were. One lease covers many bundles.
/// </summary>
internal abstract class BundleLease
{
    /// <summary>Whether the packets may still be processed. It never becomes true again. Any thread; it costs a look at a clock.</summary>
    public abstract bool IsValid { get; }

    /// <summary>Hears that a bundle was disposed, after its pages went home. Any thread.</summary>
    /// <param name="ticket">The bundle's, as the lender wrote it.</param>
    public abstract void Home(long ticket);
}
