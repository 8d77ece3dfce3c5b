using Pipeline.Actors.Routing;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>
/// What the routers of one node go by: the rules in force, the routes, and what rules counted. It outlives restarts of its agent, which
/// alone changes it; <see cref="InForce"/> and <see cref="Counts"/> are for any thread.
/// </summary>
internal sealed class NodeRules
{
    private readonly List<RuleSlot> _slots = [];

    /// <summary>What each router was offered last, or began with.</summary>
    private readonly List<ActiveRules> _offered = [];

    /// <summary>Counters that no router ever wrote to: their generation was passed over.</summary>
    private readonly HashSet<RuleCounters> _neverTaken = [];
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

    /// <summary>What was compiled last and waits to be put in force, and for which request; null for nothing. The agent's alone.</summary>
    public (long Ticket, MarkTable Table)? Ready { get; set; }

    public RuleCounts Counts => _books.Read();

    /// <summary>For the end of the run: also what the device passed by rules that it had and that never came in force.</summary>
    public RuleCounts FinalCounts => _books.Read(Builder.Loaded);

    /// <summary>A place for one more router's rules. Before anything runs.</summary>
    public RuleSlot AddRouter(RouterPlan plan)
    {
        var slot = new RuleSlot(ActiveRules.Of(_inForce, plan));
        _slots.Add(slot);
        _offered.Add(slot.InUse);
        _books = RuleBooks.Open(_inForce, [.. _slots.Select(s => s.InUse)]);
        return slot;
    }

    /// <summary>Has every router go on with these rules at its next bundle, by the routes it has.</summary>
    public void PutInForce(MarkTable next)
    {
        var routers = _offered.Select(offered => ActiveRules.Of(next, offered.Plan)).ToList();

        // The books are turned in two steps: first the new counters are entered, then routers may write to them, so that nothing is
        // ever counted that a reader does not see.
        _books = _books.Turn(next, routers, IsClosed);
        _neverTaken.Clear();
        _inForce = next;
        for (var i = 0; i < routers.Count; i++)
        {
            if (Offer(i, routers[i]) is { } passedOver) _neverTaken.Add(passedOver.Counters);
        }
    }

    /// <summary>Has every router go on by these routes at its next bundle, with the rules and the counts it has.</summary>
    /// <param name="plans">One to each router, in their order.</param>
    public void ExchangeRoutes(IReadOnlyList<RouterPlan> plans)
    {
        for (var i = 0; i < plans.Count; i++) Offer(i, _offered[i] with { Plan = plans[i] });
    }

    private ActiveRules? Offer(int router, ActiveRules next)
    {
        _offered[router] = next;
        return _slots[router].Offer(next);
    }

    private bool IsClosed(int router, ActiveRules rules) => rules.Generation < _slots[router].InUse.Generation || _neverTaken.Contains(rules.Counters);
}
