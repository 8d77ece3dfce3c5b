using Pipeline.Actors.Routing;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>
/// The rules of one node: those in force, those before them, and what they counted. It outlives restarts of its agent, which alone
/// changes it; what is public here is for any thread.
/// </summary>
internal sealed class RuleCell
{
    private readonly List<RuleSlot> _slots = [];

    /// <summary>What each router was offered last, or began with.</summary>
    private readonly List<ActiveRules> _offered = [];

    /// <summary>Counters that no router ever wrote to: their generation was passed over.</summary>
    private readonly HashSet<RuleCounters> _neverTaken = [];
    private volatile MarkTable _inForce;
    private volatile RuleBooks _books;

    public RuleCell(PipelineSetup setup, MarkTable first, DateTimeOffset now)
    {
        _inForce = first;
        _books = RuleBooks.Open(first, []);
        Builder = new RuleBuilder(setup);
        History = new RuleHistory(new RuleGeneration
        {
            Number = first.Rules.Generation,
            At = now,
            Who = "start",
            Source = first.Rules.Source.Name,
            Text = first.Rules.Source.Text,
            Rules = first.Rules.Rules.Count,
        });
    }

    public RuleBuilder Builder { get; }

    public MarkTable InForce => _inForce;

    public RuleHistory History { get; }

    /// <summary>Wishes that wait for their turn. The agent's alone.</summary>
    public Queue<RuleProtocol.Request> Waiting { get; } = [];

    /// <summary>The wish being worked on. The agent's alone.</summary>
    public RuleProtocol.Request? AtWork { get; set; }

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
    public void PutInForce(MarkTable next, RuleGeneration entry)
    {
        var routers = _offered.Select(offered => ActiveRules.Of(next, offered.Plan)).ToList();

        // The books are turned in two steps: first the new counters are entered, then routers may write to them, so that nothing is
        // ever counted that a reader does not see.
        _books = _books.Turn(next, routers, IsClosed);
        _neverTaken.Clear();
        _inForce = next;
        History.Add(entry);
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
