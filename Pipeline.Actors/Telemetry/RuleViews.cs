using System.Collections;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Telemetry;

/// <summary>
/// What rules have matched, as a list whose elements are made when they are asked for. A view with tens of thousands of rules would cost
/// megabytes otherwise, and there are up to twenty a second. Immutable.
/// </summary>
/// <param name="rules">The rules.</param>
/// <param name="matched">A tally for each of them.</param>
internal sealed class RuleViews(IReadOnlyList<MarkRule> rules, TallyColumn matched) : IReadOnlyList<RuleView>
{
    private TallyColumn _before = TallyColumn.Empty;

    /// <summary>Where each rule is in the earlier column; null where all are at the same place.</summary>
    private IReadOnlyList<int>? _places;
    private double _seconds;

    public int Count => rules.Count;

    public RuleView this[int index]
    {
        get
        {
            var (rule, now) = (rules[index], matched[index]);
            var view = new RuleView(rule.Name, rule.Mark, rule.MarkMask, now);
            return _seconds > 0 ? view with { Rate = RateWindow.Rate(Before(index), now, _seconds) } : view;
        }
    }

    /// <summary>The same with rates.</summary>
    /// <param name="before">What was matched earlier, by these rules or others. A rule that is not there began at zero.</param>
    /// <param name="seconds">The time between.</param>
    /// <param name="moves">Finds rules of one set in another.</param>
    public RuleViews Since(RuleViews before, double seconds, RuleMoves moves) => new(rules, matched)
    {
        _before = before.Matched,
        _places = ReferenceEquals(before.Rules, rules) ? null : moves.Between(before.Rules, rules),
        _seconds = seconds,
    };

    /// <summary>What these views say of other rules. A rule that is not among these has matched nothing. Without rates.</summary>
    public RuleViews Of(IReadOnlyList<MarkRule> others, RuleMoves moves)
    {
        if (ReferenceEquals(others, rules)) return this;
        var places = moves.Between(rules, others);
        var tallies = new PacketTally[others.Count];
        for (var i = 0; i < tallies.Length; i++) tallies[i] = places[i] >= 0 ? matched[places[i]] : default;
        return new RuleViews(others, TallyColumn.Of(tallies));
    }

    public IEnumerator<RuleView> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IReadOnlyList<MarkRule> Rules => rules;

    private TallyColumn Matched => matched;

    private PacketTally Before(int index) =>
        _places is null ? _before[index] : _places[index] is >= 0 and var place ? _before[place] : default;
}
