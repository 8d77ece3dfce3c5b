using Pipeline.Actors.Routing;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>
/// The rules in force on one node, the routes, and the counts of rules. It outlives restarts of its agent. Only the agent changes it;
/// <see cref="InForce"/> and <see cref="Counts"/> are for any thread.
/// </summary>
internal sealed class NodeRules
{
    private readonly List<RuleSlot> _slots = [];

    /// <summary>The rules that each router was offered last, or began with.</summary>
    private readonly List<ActiveRules> _offered = [];

    /// <summary>Counters that no router ever wrote to, because their generation was skipped.</summary>
    private readonly HashSet<RuleCounters> _neverTaken = [];

    /// <summary>The most rules of a set that was replaced since all of them were let go of last.</summary>
    private int _mostReplaced;
    private volatile MarkTable _inForce;
    private volatile RuleBooks _books;

    public NodeRules(PipelineSetup setup, MarkTable first)
    {
        _inForce = first;
        _books = RuleBooks.Open(first, []);
        Builder = new RuleBuilder(setup);
    }

    public RuleBuilder Builder { get; }

    public MarkTable InForce => _inForce;

    /// <summary>
    /// The rules that were compiled last and are not in force yet; null for none. Only the agent uses it.
    /// </summary>
    public ReadyRules? Ready { get; set; }

    public RuleCounts Counts => _books.Read();

    /// <summary>
    /// The counts for the end of the run. They include what the device passed by rules that it had and that never came in force.
    /// </summary>
    public RuleCounts FinalCounts => _books.Read(Builder.Loaded);

    /// <summary>Makes a slot for one more router's rules. Before anything runs.</summary>
    public RuleSlot AddRouter(RouterPlan plan)
    {
        var slot = RuleSlot.Of(ActiveRules.Of(_inForce, plan), Builder.IsOffloaded);
        _slots.Add(slot);
        _offered.Add(slot.InUse);
        _books = RuleBooks.Open(_inForce, [.. _slots.Select(s => s.InUse)]);
        return slot;
    }

    /// <summary>Makes every router use these rules from its next bundle on, with the routes it has.</summary>
    public void PutInForce(MarkTable next)
    {
        var routers = _offered.Select(offered => ActiveRules.Of(next, offered.Plan)).ToList();

        // The books are changed in two steps: the new counters are entered first, and only then may routers write to them. So readers see
        // everything that is ever counted.
        _books = _books.Turn(next, routers, IsClosed);
        _neverTaken.Clear();
        _mostReplaced = Math.Max(_mostReplaced, _inForce.Rules.Rules.Count);
        _inForce = next;
        for (var i = 0; i < routers.Count; i++)
        {
            if (Offer(i, routers[i]) is { } passedOver) _neverTaken.Add(passedOver.Counters);
        }
    }

    /// <summary>Whether there may be earlier rules to let go of. Any thread.</summary>
    public bool HasEarlier => _books.HasEarlier;

    /// <summary>
    /// Lets go of earlier rules that no router goes by any more: of their counters, tables and texts, unless the history has these.
    /// </summary>
    /// <returns>
    /// The most rules of a set that was let go of, once none is left; 0 until then, and for none. The largest might have gone first.
    /// </returns>
    public int LetGo()
    {
        _books = _books.Settle(IsClosed);
        if (_books.HasEarlier) return 0;
        LetGoOf?.Invoke(_inForce.Rules.Rules);
        (var most, _mostReplaced) = (_mostReplaced, 0);
        return most;
    }

    /// <summary>Called by the agent's thread when all rules but these are gone.</summary>
    public Action<IReadOnlyList<MarkRule>>? LetGoOf { private get; set; }

    /// <summary>Makes every router use these routes from its next bundle on, with the rules and the counts it has.</summary>
    /// <param name="plans">One plan for each router, in their order.</param>
    public void ExchangeRoutes(IReadOnlyList<RouterPlan> plans)
    {
        for (var i = 0; i < plans.Count; i++) Offer(i, _offered[i] with { Plan = plans[i] });
    }

    private ActiveRules? Offer(int router, ActiveRules next)
    {
        _offered[router] = next;
        return _slots[router].Offer(next);
    }

    private bool IsClosed(int router, ActiveRules rules) =>
        rules.Generation < _slots[router].OldestGeneration || _neverTaken.Contains(rules.Counters);
}
