using Pipeline.Nic.Rules.Cbpf;
using Pipeline.Nic.Rules.Il;
using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>
/// Turns rules into the questions of an XDP program: as in <see cref="RulePlanner"/>, rules that share a tuple are one question. Here they
/// are asked stretch by stretch, and a key belongs to one rule, so that a rule is applied where it is found.
/// </summary>
internal sealed class XdpPlanner
{
    /// <summary>
    /// The most maps of tuples. A program may have 64 maps (MAX_USED_MAPS, linux/bpf_verifier.h), and some are for other uses.
    /// </summary>
    public const int MostMaps = 56;

    private const string Full = "the program is as long as one can be";

    private readonly TermShapes _shapes = new();
    private readonly XdpRules _rules;
    private readonly List<XdpSegment> _segments = [];
    private readonly Dictionary<string, OpenProbe> _open = [];
    private readonly List<OpenProbe> _inOrder = [];
    private int _cost;
    private int _maps;

    private XdpPlanner(XdpRules rules, XdpPlan before) => (_rules, _cost, _maps) = (rules, before.Cost, before.Maps);

    /// <summary>The guards' conditions, as one stretch.</summary>
    /// <exception cref="XdpException">There are so many that no program has room for them.</exception>
    public static XdpPlan Plan(GuardConditions guards)
    {
        var planner = new XdpPlanner(XdpRules.Of(guards), XdpPlan.Nothing);
        for (var i = 0; i < guards.Count; i++)
        {
            if (planner.TryAdd(guards[i], i) is { } reason)
                throw new XdpException($"the keep-out guards have no room in a program for the kernel: {reason}");
        }

        return new XdpPlan(planner._segments, guards.Count, [], planner._cost, planner._maps);
    }

    /// <param name="rules">Any rules. From the first one that cannot be expressed, all are refused.</param>
    /// <param name="filters">The program of each filter rule, by the rules' 0-based indexes; null for one that never matches.</param>
    /// <param name="before">The plan of the program's part before the rules.</param>
    public static XdpPlan Plan(IReadOnlyList<MarkRule> rules, IReadOnlyList<CbpfProgram?> filters, XdpPlan before)
    {
        var plan = Plan(rules, rules.Count, filters, before);
        var continuing = rules.TakeWhile(r => !r.Continue).Count();
        if (plan.Refused.Count == 0 || continuing >= plan.Rules) return plan;

        // Software continues after the rules that were tried, with packets that have no mark yet.
        var (first, reason) = plan.Refused[0];
        var why = new RefusedRule(
            rules[continuing], $"says `continue`, and rules behind it are left to software: '{first.Name}', because {reason}");
        return Plan(rules, continuing, filters, before) with { Refused = [why, .. Behind(rules, continuing + 1, why)] };
    }

    private static XdpPlan Plan(IReadOnlyList<MarkRule> rules, int most, IReadOnlyList<CbpfProgram?> filters, XdpPlan before)
    {
        var planner = new XdpPlanner(XdpRules.Of(rules), before);
        for (var i = 0; i < most; i++)
        {
            if (planner.TryAdd(rules[i], i, filters[i]) is not { } reason) continue;
            var first = new RefusedRule(rules[i], reason);
            return new XdpPlan(planner._segments, i, [first, .. Behind(rules, i + 1, first)], planner._cost, planner._maps);
        }

        return new XdpPlan(planner._segments, most, [], planner._cost, planner._maps);
    }

    private static IEnumerable<RefusedRule> Behind(IReadOnlyList<MarkRule> rules, int from, RefusedRule first) =>
        rules.Skip(from).Select(r => new RefusedRule(r, $"stands behind `{first.Rule.Name}`, and rules are tried in order"));

    /// <returns>Why the rule cannot be a part of the program; null where it is one.</returns>
    private string? TryAdd(MarkRule rule, int index, CbpfProgram? filter)
    {
        if (index >= Pages.Packet.MaxRules) return $"it is not among the first {Pages.Packet.MaxRules}";
        if (rule is TermRule terms) return TryAdd(terms, index);
        if (filter is null) return null;
        if (XdpFilterEmitter.ReasonAgainst(filter) is { } reason) return reason;
        return TryAppend(new FilterProbe(index, filter), rule) is null ? Full : null;
    }

    private string? TryAdd(TermRule rule, int index)
    {
        if (!_shapes.TryRead(rule.Terms, out var tuple, out var key) || !tuple.Places.All(XdpAddress.IsWithinReach)) return null;
        if (OpenFor(tuple, key, rule) is { } open) return TryAdd(open, key, rule, index);
        var probe = new TupleProbe(index, tuple);
        probe.Add(EntryOf(key, index));
        if (TryAppend(probe, rule) is not { } appended) return Full;
        appended.Note(key);
        if (!tuple.IsWide) _open[tuple.Signature] = appended;
        return null;
    }

    /// <summary>A question of the current stretch that can answer for one more rule.</summary>
    private OpenProbe? OpenFor(RuleTuple tuple, TupleKey key, MarkRule rule)
    {
        if (_segments.Count == 0 || _segments[^1].Continues != rule.Continue) return null;
        if (tuple.IsWide || !_open.TryGetValue(tuple.Signature, out var open)) return null;
        return !rule.Continue || (!open.Has(key) && CommutesWithAllBehind(open, rule)) ? open : null;
    }

    /// <summary>Whether a rule can join an earlier question. Its mark is then written before those of the questions between.</summary>
    private bool CommutesWithAllBehind(OpenProbe open, MarkRule rule)
    {
        for (var i = _inOrder.Count - 1; i >= 0 && _inOrder[i] != open; i--)
        {
            if ((_inOrder[i].Written & rule.MarkMask) != 0) return false;
        }

        return true;
    }

    private string? TryAdd(OpenProbe open, TupleKey key, MarkRule rule, int index)
    {
        // Of rules without `continue` that compare the same bits with the same values, only the first can match.
        if (open.Has(key)) return null;
        if (open.BecomesMap && ++_maps > MostMaps) return $"more than {MostMaps} tuples have more values than are compared one by one";
        if (!open.IsMap && !TryPay(XdpCost.OfKey(open.Tuple))) return Full;
        open.Add(EntryOf(key, index));
        open.Written |= rule.MarkMask;
        return null;
    }

    /// <returns>Null where the program is full.</returns>
    private OpenProbe? TryAppend(Probe probe, MarkRule rule)
    {
        var isNew = _segments.Count == 0 || _segments[^1].Continues != rule.Continue;
        var list = rule.Continue && !_segments.Exists(s => s.Continues) ? XdpCost.Hits : 0;
        if (!TryPay(XdpCost.Of(probe, _rules) + (isNew || rule.Continue ? XdpCost.Stretch : 0) + list)) return null;
        if (isNew)
        {
            _segments.Add(new XdpSegment(rule.Continue));
            _open.Clear();
            _inOrder.Clear();
        }

        var open = new OpenProbe(probe) { Written = rule.MarkMask };
        _segments[^1].Probes.Add(probe);
        _inOrder.Add(open);
        return open;
    }

    private bool TryPay(int cost)
    {
        if (_cost + cost > XdpCost.Most) return false;
        _cost += cost;
        return true;
    }

    private static TupleEntry EntryOf(TupleKey key, int rule)
    {
        var entry = new TupleEntry(key);
        entry.Add(rule);
        return entry;
    }

    /// <summary>A question that rules are still added to.</summary>
    private sealed class OpenProbe(Probe probe)
    {
        private readonly HashSet<TupleKey> _keys = [];

        /// <summary>Bits of the mark that any of its rules writes.</summary>
        public uint Written { get; set; }

        public RuleTuple Tuple => Of.Tuple;

        public bool IsMap => !Of.IsCompared;

        public bool BecomesMap => !IsMap && _keys.Count == TupleProbe.MostCompared;

        private TupleProbe Of => (TupleProbe)probe;

        public bool Has(TupleKey key) => _keys.Contains(key);

        public void Note(TupleKey key) => _keys.Add(key);

        public void Add(TupleEntry entry)
        {
            Note(entry.Key);
            Of.Add(entry);
        }
    }
}
