using System.Diagnostics;

namespace Pipeline.Actors.Generations;

/// <summary>
/// Where a router finds its rules. New ones are offered by one reference write, at any moment; the router takes them between two
/// bundles, so that every bundle is classified, counted and stamped by exactly one generation.
/// </summary>
[DebuggerDisplay("generation {InUse.Generation} in use")]
internal class RuleSlot(ActiveRules first)
{
    private ActiveRules _inUse = first;
    private ActiveRules? _offered;

    /// <summary>
    /// The rules that the router classifies by, or did a moment ago. To anything older it has written its last count. Any thread.
    /// </summary>
    public virtual ActiveRules InUse => Volatile.Read(ref _inUse);

    /// <summary>The rules that the router will use for new packets. Only for the router's thread.</summary>
    public virtual ActiveRules Newest => InUse;

    /// <summary>The lowest generation that the router may still write counts for. Any thread.</summary>
    public virtual int OldestGeneration => InUse.Generation;

    /// <summary>
    /// The highest generation by which the device no longer decides, and of which packets may be on their way; 0 for none. Any thread.
    /// </summary>
    public virtual int EndedInDevice => 0;

    /// <summary>A slot for a router of packets that a device has decided about, where it runs rules.</summary>
    public static RuleSlot Of(ActiveRules first, bool isOffloaded) => isOffloaded ? new OffloadedRuleSlot(first) : new RuleSlot(first);

    /// <summary>Takes the rules for the next bundle. Only for the router's thread. It costs one read when nothing has changed.</summary>
    public virtual ActiveRules Take() => Volatile.Read(ref _offered) is null ? _inUse : TakeOffer();

    /// <summary>Takes the rules for a bundle. Only for the router's thread.</summary>
    /// <param name="generation">The generation by which a device has decided about its packets; 0 for none.</param>
    public virtual ActiveRules TakeFor(int generation) => Take();

    /// <summary>Forgets rules up to a generation, because no packet of it is on its way any more. Only for the router's thread.</summary>
    public virtual void Forget(int generation)
    {
    }

    /// <summary>Puts rules in force from the router's next bundle on. Only for the agent.</summary>
    /// <returns>Rules that were offered before and never taken, and so have counted nothing; null for none.</returns>
    public virtual ActiveRules? Offer(ActiveRules next) => Interlocked.Exchange(ref _offered, next);

    private ActiveRules TakeOffer()
    {
        // The offer is removed and not just read: an offer that the agent gets back was never used.
        if (Interlocked.Exchange(ref _offered, null) is { } next) Volatile.Write(ref _inUse, next);
        return _inUse;
    }
}
