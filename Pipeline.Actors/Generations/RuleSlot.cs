using System.Diagnostics;

namespace Pipeline.Actors.Generations;

/// <summary>
/// Where a router finds its rules. New ones are offered by one reference write, at any moment; the router takes them between two
/// bundles, so that every bundle is classified, counted and stamped by exactly one generation.
/// </summary>
[DebuggerDisplay("generation {InUse.Generation} in use")]
internal sealed class RuleSlot(ActiveRules first)
{
    private ActiveRules _inUse = first;
    private ActiveRules? _offered;

    /// <summary>
    /// The rules that the router classifies by, or did a moment ago. To anything older it has written its last count. Any thread.
    /// </summary>
    public ActiveRules InUse => Volatile.Read(ref _inUse);

    /// <summary>Takes the rules for the next bundle. Only for the router's thread. It costs one read when nothing has changed.</summary>
    public ActiveRules Take() => Volatile.Read(ref _offered) is null ? _inUse : TakeOffer();

    /// <summary>Puts rules in force from the router's next bundle on. Only for the agent.</summary>
    /// <returns>Rules that were offered before and never taken, and so have counted nothing; null for none.</returns>
    public ActiveRules? Offer(ActiveRules next) => Interlocked.Exchange(ref _offered, next);

    private ActiveRules TakeOffer()
    {
        // The offer is removed and not just read: an offer that the agent gets back was never used.
        if (Interlocked.Exchange(ref _offered, null) is { } next) Volatile.Write(ref _inUse, next);
        return _inUse;
    }
}
