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

    /// <summary>What the router classifies by, or did a moment ago: of anything older it has written its last count. Any thread.</summary>
    public ActiveRules InUse => Volatile.Read(ref _inUse);

    /// <summary>The rules for the next bundle. The router's thread alone; costs a read where nothing has changed.</summary>
    public ActiveRules Take() => Volatile.Read(ref _offered) is null ? _inUse : TakeOffer();

    /// <summary>Puts rules in force from the router's next bundle on. The agent alone.</summary>
    /// <returns>Rules that were offered before and never taken, so that they have counted nothing; null where there are none.</returns>
    public ActiveRules? Offer(ActiveRules next) => Interlocked.Exchange(ref _offered, next);

    private ActiveRules TakeOffer()
    {
        // Taken and not just read: what the agent gets back from its next offer was never used.
        if (Interlocked.Exchange(ref _offered, null) is { } next) Volatile.Write(ref _inUse, next);
        return _inUse;
    }
}
