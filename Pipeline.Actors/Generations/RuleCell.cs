using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>
/// The rules of one node: those in force, those before them, and what they counted. It outlives restarts of its agent, which alone
/// changes it; what is public here is for any thread.
/// </summary>
internal sealed class RuleCell
{
    private readonly List<RuleSlot> _slots = [];
    private readonly HashSet<ActiveRules> _neverTaken = [];
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

    /// <summary>A place for one more router's rules. Before anything runs.</summary>
    public RuleSlot AddRouter()
    {
        var slot = new RuleSlot(ActiveRules.Of(_inForce));
        _slots.Add(slot);
        _books = RuleBooks.Open(_inForce, [.. _slots.Select(s => s.InUse)]);
        return slot;
    }

    /// <summary>Has every router go on with these rules at its next bundle.</summary>
    public void PutInForce(MarkTable next, RuleGeneration entry)
    {
        var routers = _slots.Select(_ => ActiveRules.Of(next)).ToList();

        // The books are turned in two steps: first the new counters are entered, then routers may write to them, so that nothing is
        // ever counted that a reader does not see.
        _books = _books.Turn(next, routers, IsClosed);
        _neverTaken.Clear();
        _inForce = next;
        History.Add(entry);
        for (var i = 0; i < routers.Count; i++)
        {
            if (_slots[i].Offer(routers[i]) is { } passedOver) _neverTaken.Add(passedOver);
        }
    }

    private bool IsClosed(int router, ActiveRules rules) => rules.Generation < _slots[router].InUse.Generation || _neverTaken.Contains(rules);
}
