using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>
/// What rules have matched, over all generations. A rule that a new generation keeps (same name, same meaning) counts on; one that is
/// gone keeps its count, which adds to <see cref="RuleCounts.Earlier"/>, and goes on from it should it come back.
/// </summary>
/// <remarks>
/// Immutable but for the counters that routers write to: a new generation makes new books, so that a reader sees a sum never go down.
/// Counters are added to the closed counts only once their router is known to have moved on.
/// </remarks>
internal sealed class RuleBooks
{
    /// <summary>Rules that are gone and still remembered one by one. What more there are is one sum.</summary>
    private const int MostRemembered = 1 << 16;

    private const int Unmatched = 0;

    private readonly RuleSet _rules;
    private readonly string?[] _texts;
    private readonly PacketTally[] _closed;
    private readonly IReadOnlyList<OpenPage> _open;

    /// <param name="texts">The rule that each account is of. Those of the rules in force come first, at their 1-based place.</param>
    /// <param name="closed">What each account holds for good.</param>
    private RuleBooks(RuleSet rules, string?[] texts, PacketTally[] closed, IReadOnlyList<OpenPage> open)
    {
        _rules = rules;
        _texts = texts;
        _closed = closed;
        _open = open;
    }

    /// <summary>The first generation's.</summary>
    /// <param name="routers">What each router counts with, in the order of the routers.</param>
    public static RuleBooks Open(RuleSet rules, IReadOnlyList<ActiveRules> routers)
    {
        string?[] texts = [null, .. rules.Rules.Select(r => r.ToString()), null];
        return new RuleBooks(rules, texts, new PacketTally[texts.Length], [OpenPage.Of(routers)]);
    }

    /// <summary>The books with another generation in force.</summary>
    /// <param name="next">The new rules.</param>
    /// <param name="routers">What each router is to count with from now on, in the order of the routers.</param>
    /// <param name="isClosed">Whether a router, by its place, will write no more counts to what it had.</param>
    public RuleBooks Turn(RuleSet next, IReadOnlyList<ActiveRules> routers, Func<int, ActiveRules, bool> isClosed)
    {
        var closed = (PacketTally[])_closed.Clone();
        var open = _open.Select(page => page.Close(isClosed, closed)).Where(page => page.IsOpen).ToList();
        var (texts, moved) = Move(next, Sum(closed, open));
        var carried = new PacketTally[texts.Count];
        for (var account = 0; account < closed.Length; account++) carried[moved[account]] += closed[account];
        return new RuleBooks(next, [.. texts], carried, [.. open.Select(page => page.Move(moved)), OpenPage.Of(routers)]);
    }

    /// <summary>What they say now. Any thread.</summary>
    public RuleCounts Read()
    {
        var sums = Sum(_closed, _open);
        var rules = _rules.Rules.Select((rule, i) => new RuleView(rule.Name, rule.Mark, rule.MarkMask, sums[i + 1])).ToList();
        return new RuleCounts(_rules.Generation, rules, sums[Unmatched], sums.Skip(rules.Count + 1).Aggregate(default(PacketTally), PacketTally.Add));
    }

    private static PacketTally[] Sum(PacketTally[] closed, IReadOnlyList<OpenPage> open)
    {
        var sums = (PacketTally[])closed.Clone();
        foreach (var page in open) page.AddTo(sums);
        return sums;
    }

    /// <summary>Finds each account's place in the books of the next generation.</summary>
    private (List<string?> Texts, int[] Moved) Move(RuleSet next, PacketTally[] sums)
    {
        List<string?> texts = [null, .. next.Rules.Select(r => r.ToString()), null];
        var forgotten = texts.Count - 1;
        var places = new Dictionary<string, int>(next.Rules.Count);
        for (var i = 1; i < forgotten; i++) places[texts[i]!] = i;

        var moved = new int[_texts.Length];
        for (var account = 1; account < moved.Length; account++)
        {
            var text = _texts[account];
            if (text is not null && places.TryGetValue(text, out var place)) moved[account] = place;
            else if (text is null || !IsWorthKeeping(account, sums) || texts.Count > forgotten + MostRemembered) moved[account] = forgotten;
            else
            {
                moved[account] = texts.Count;
                texts.Add(text);
            }
        }

        return (texts, moved);
    }

    /// <summary>A rule that leaves now may still be counting; one that left before and has counted nothing is no loss.</summary>
    private bool IsWorthKeeping(int account, PacketTally[] sums) => account <= _rules.Rules.Count || sums[account].Packets > 0;

    /// <summary>Counters that routers may still write to, and the account of each of their rules.</summary>
    private sealed record OpenPage(ActiveRules?[] Routers, int[] Accounts)
    {
        public bool IsOpen => Routers.Any(r => r is not null);

        public static OpenPage Of(IReadOnlyList<ActiveRules> routers)
        {
            var accounts = routers.Count == 0 ? 0 : routers[0].Counters.Rules + 1;
            return new OpenPage([.. routers], [.. Enumerable.Range(0, accounts)]);
        }

        public OpenPage Close(Func<int, ActiveRules, bool> isClosed, PacketTally[] closed)
        {
            var open = (ActiveRules?[])Routers.Clone();
            for (var i = 0; i < open.Length; i++)
            {
                if (open[i] is not { } rules || !isClosed(i, rules)) continue;
                Add(rules.Counters, closed);
                open[i] = null;
            }

            return this with { Routers = open };
        }

        public OpenPage Move(int[] moved) => this with { Accounts = Array.ConvertAll(Accounts, account => moved[account]) };

        public void AddTo(PacketTally[] sums)
        {
            foreach (var rules in Routers)
            {
                if (rules is not null) Add(rules.Counters, sums);
            }
        }

        private void Add(RuleCounters counters, PacketTally[] sums)
        {
            for (var rule = 0; rule < Accounts.Length; rule++) sums[Accounts[rule]] += counters.Of(rule);
        }
    }
}

/// <summary>What rules have matched up to one moment.</summary>
/// <param name="Generation">The rules in force.</param>
/// <param name="Rules">Those rules, in the order they are tried, with what they matched in this generation and in those that had them too.</param>
/// <param name="Unmatched">What no rule matched, in any generation.</param>
/// <param name="Earlier">What rules of earlier generations matched that are not in force any more.</param>
internal sealed record RuleCounts(int Generation, IReadOnlyList<RuleView> Rules, PacketTally Unmatched, PacketTally Earlier);
