using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules.Cbpf;
using Pipeline.Nic.Rules.Guards;
using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Il;

/// <summary>
/// Turns rules into questions. Rules without <c>continue</c> that share a tuple are one question, however far apart they are. So are those
/// with <c>continue</c>. A filter is a question of its own. A new range begins where a method would grow too large.
/// </summary>
internal sealed class RulePlanner
{
    /// <summary>
    /// The cost at which a range ends. The just-in-time compiler's time grows faster than the method, and it stops optimising
    /// beyond 60 000 bytes of IL or 2000 basic blocks (jitconfigvalues.h, DEFAULT_MIN_OPTS_*).
    /// </summary>
    private const int MostCost = 256;

    /// <summary>
    /// The most methods, so that a rule file with any number of tuples is compiled in seconds. Only tens of thousands of rules that all
    /// read different bits reach it.
    /// </summary>
    private const int MostRanges = 256;

    private readonly List<RuleRange> _ranges = [new(0)];
    private readonly TermShapes _shapes = new();
    private readonly Dictionary<string, OpenProbe> _finals = [];
    private readonly Dictionary<string, OpenProbe> _continuing = [];

    private readonly int _guards;
    private readonly int _most;

    /// <param name="most">The most keys of a question.</param>
    private RulePlanner(int guards, int most) => (_guards, _most) = (guards, most);

    /// <param name="count">How many of the rules, from the first on.</param>
    /// <param name="filters">A program for each filter rule that can match; null where filters are called.</param>
    /// <param name="guards">Conditions that come before the rules.</param>
    /// <param name="linkType">The packets' link type. Some conditions are for Ethernet only.</param>
    /// <returns>
    /// At least one range, the first with all guards; each begins where the previous one ends. The last can end before the rules do.
    /// </returns>
    public static IReadOnlyList<RuleRange> Plan(
        IReadOnlyList<MarkRule> rules, int count, IReadOnlyList<CbpfProgram?>? filters, GuardConditions guards, LinkType linkType)
    {
        var planner = new RulePlanner(guards.Count, guards.Count + count);
        for (var i = 0; i < guards.Count; i++)
        {
            if (Guard.IsFor(guards[i], linkType)) planner.Add(guards[i], i);
            planner._ranges[^1].End = i + 1;
        }

        for (var i = 0; i < count; i++)
        {
            var place = guards.Count + i;
            if (rules[i] is TermRule terms) planner.Add(terms, place);
            else if (filters is null) planner.Add(new FilterProbe(place, null), rules[i].Continue);
            else if (filters[i] is { } filter) planner.Add(new FilterProbe(place, filter), rules[i].Continue);
            if (planner._ranges.Count > MostRanges) break;
            planner._ranges[^1].End = place + 1;
        }

        return [.. planner._ranges.Take(MostRanges)];
    }

    private void Add(TermRule rule, int index)
    {
        if (!_shapes.TryRead(rule.Terms, out var tuple, out var key))
        {
            _ranges[^1].NeverMatching.Add(index);
            return;
        }

        var entry = ProbeOf(tuple, index, rule.Continue).EntryOf(key);
        if (!rule.Continue && entry.Count > 0) _ranges[^1].NeverMatching.Add(index);
        else entry.Add(index);
    }

    private OpenProbe ProbeOf(RuleTuple tuple, int rule, bool continues)
    {
        var known = continues ? _continuing : _finals;
        if (!tuple.IsWide && known.TryGetValue(tuple.Signature, out var open)) return open;
        open = new OpenProbe(new TupleProbe(rule, tuple), _most);
        Add(open.Probe, continues);
        if (!tuple.IsWide) known.Add(tuple.Signature, open);
        return open;
    }

    private void Add(Probe probe, bool continues)
    {
        if (probe.Lowest >= _guards && _ranges[^1].Cost > 0 && _ranges[^1].Cost + probe.Cost > MostCost)
        {
            _ranges.Add(new RuleRange(probe.Lowest));
            _finals.Clear();
            _continuing.Clear();
        }

        var range = _ranges[^1];
        range.Cost += probe.Cost;
        (continues ? range.Continuing : range.Finals).Add(probe);
    }

    /// <summary>A probe that rules are still added to.</summary>
    private sealed class OpenProbe(TupleProbe probe, int most)
    {
        private readonly Dictionary<TupleKey, TupleEntry> _entries = [];

        public TupleProbe Probe => probe;

        /// <summary>The entry of a key, made when it is first asked for.</summary>
        public TupleEntry EntryOf(TupleKey key)
        {
            if (_entries.TryGetValue(key, out var entry)) return entry;
            entry = new TupleEntry(key);
            Growth.MakeRoom(_entries, most);
            _entries.Add(key, entry);
            probe.Add(entry, most);
            return entry;
        }
    }
}
