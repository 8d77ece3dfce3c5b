namespace Pipeline.Actors.Generations;

/// <summary>
/// Where a router finds its rules if a device runs them too. The device says of each bundle by which generation it decided, and the router
/// goes by the same one, even if there is a newer one by now: what the device took, the newer one might leave to the normal stack, which
/// never gets it. So earlier rules are kept until the queue's actor says that no packet of theirs is on the way any more
/// (<see cref="RuleSlot.Forget"/>). While a device changes, two of its CPUs can decide by two generations, so bundles of both come in turn.
/// </summary>
/// <param name="first">The rules that the router begins with.</param>
internal sealed class OffloadedRuleSlot(ActiveRules first) : RuleSlot(first)
{
    /// <summary>
    /// All rules that bundles can name, from the oldest on. The agent adds at the end, and the router removes at the beginning.
    /// </summary>
    private ActiveRules[] _known = [first];
    private ActiveRules _inUse = first;

    public override ActiveRules InUse => Volatile.Read(ref _inUse);

    public override ActiveRules Newest => Volatile.Read(ref _known)[^1];

    public override int OldestGeneration => Volatile.Read(ref _known)[0].Generation;

    public override int EndedInDevice
    {
        get
        {
            var known = Volatile.Read(ref _known);
            for (var i = known.Length - 2; i >= 0; i--)
            {
                if (known[i].Table.PassedByDevice is { IsFinal: true }) return known[i].Generation;
            }

            return 0;
        }
    }

    /// <summary>The newest rules.</summary>
    public override ActiveRules Take() => Use(Volatile.Read(ref _known)[^1]);

    public override ActiveRules TakeFor(int generation)
    {
        var known = Volatile.Read(ref _known);
        for (var i = known.Length - 1; generation != 0 && i >= 0; i--)
        {
            if (known[i].Generation == generation) return Use(known[i]);
        }

        return Use(known[^1]);
    }

    public override void Forget(int generation)
    {
        var known = Volatile.Read(ref _known);
        Remove(Math.Min(known.Count(r => r.Generation <= generation), known.Length - 1));
        if (InUse.Generation < OldestGeneration) Use(Volatile.Read(ref _known)[0]);
    }

    /// <returns>Null: each of them might be used.</returns>
    public override ActiveRules? Offer(ActiveRules next)
    {
        ActiveRules[] known;
        do known = Volatile.Read(ref _known);
        while (Interlocked.CompareExchange(ref _known, [.. known, next], known) != known);
        return null;
    }

    private ActiveRules Use(ActiveRules rules)
    {
        if (!ReferenceEquals(rules, _inUse)) Volatile.Write(ref _inUse, rules);
        return rules;
    }

    /// <summary>Removes as many from the beginning. Nothing is counted by those any more.</summary>
    private void Remove(int count)
    {
        if (count <= 0) return;
        ActiveRules[] known;
        do known = Volatile.Read(ref _known);
        while (Interlocked.CompareExchange(ref _known, known[count..], known) != known);
    }
}
