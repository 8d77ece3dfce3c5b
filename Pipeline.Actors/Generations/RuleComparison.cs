using Pipeline.Actors.Configuration;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>
/// Judges packets by two sets of rules and keeps what differs: a dry run. Packets go the way that the routes say for their marks;
/// what an expression on a command line selects is taken to be everything. For one thread; memory is bounded, whatever the packets.
/// </summary>
public sealed class RuleComparison
{
    /// <summary>Flows told apart, and kinds of change.</summary>
    public const int MostEntries = 1 << 16;

    private readonly Side _before;
    private readonly Side _after;
    private readonly RouteTable _routes;
    private readonly int _mostEntries;
    private readonly Dictionary<(int RuleBefore, uint MarkBefore, int RuleAfter, uint MarkAfter), Shift> _shifts = [];
    private int _flows;
    private PacketTally _compared;
    private PacketTally _rerouted;
    private PacketTally _remarked;
    private PacketTally _beyondFlows;
    private PacketTally _beyondShifts;

    /// <param name="before">The rules in force.</param>
    /// <param name="after">Those that might follow them.</param>
    /// <param name="routes">What both send packets along.</param>
    /// <param name="mostEntries">Flows, and kinds of change, that are told one by one; what comes beyond is summed up.</param>
    public RuleComparison(RuleSet before, RuleSet after, IReadOnlyList<RouteOptions> routes, int mostEntries = MostEntries)
    {
        _before = new Side(MarkTable.Compile(before));
        _after = new Side(MarkTable.Compile(after));
        _routes = new RouteTable(routes);
        _mostEntries = mostEntries;
    }

    /// <summary>Errors for filters that libpcap rejected for every link type of the packets.</summary>
    public IReadOnlyList<Diagnostic> Rejections => [.. _before.Table.RejectedEverywhere(), .. _after.Table.RejectedEverywhere()];

    /// <summary>Judges the packets of a bundle. Their marks are overwritten.</summary>
    public void Add(PageBundle bundle)
    {
        _compared += new PacketTally(bundle.Count, bundle.Bytes);
        var before = _before.Classify(bundle);
        var after = _after.Classify(bundle);
        var packets = bundle.Packets;
        for (var i = 0; i < packets.Length; i++)
        {
            if (before[i].Mark != after[i].Mark) Add(bundle, packets[i], before[i], after[i]);
        }
    }

    /// <summary>What the packets so far say.</summary>
    public RuleDiff Result() => new()
    {
        Compared = _compared,
        Rerouted = _rerouted,
        Remarked = _remarked,
        Shifts = [.. _shifts.OrderByDescending(s => s.Value.Packets.Packets).Select(s => new RuleShift(Before(s.Key), After(s.Key), s.Value.Packets, s.Value.Flows.Count))],
        Flows = [.. _shifts.SelectMany(FlowsOf).OrderByDescending(f => f.Packets.Packets).ThenBy(f => f.Flow, StringComparer.Ordinal)],
        BeyondFlows = _beyondFlows,
        BeyondShifts = _beyondShifts,
    };

    private void Add(PageBundle bundle, in Packet packet, (int Rule, uint Mark) before, (int Rule, uint Mark) after)
    {
        var one = new PacketTally(1, packet.CapturedLength);
        if (_routes.Resolve(before.Mark, selected: true) == _routes.Resolve(after.Mark, selected: true)) _remarked += one;
        else _rerouted += one;

        var key = (before.Rule, before.Mark, after.Rule, after.Mark);
        if (!_shifts.TryGetValue(key, out var shift))
        {
            if (_shifts.Count >= _mostEntries)
            {
                _beyondShifts += one;
                _beyondFlows += one;
                return;
            }

            _shifts.Add(key, shift = new Shift());
        }

        shift.Packets += one;
        AddFlow(shift, FlowWords.Of(bundle.Interface.LinkType, bundle.BytesOf(packet)), one);
    }

    private void AddFlow(Shift shift, string flow, PacketTally one)
    {
        var isKnown = shift.Flows.TryGetValue(flow, out var packets);
        if (!isKnown && _flows >= _mostEntries)
        {
            _beyondFlows += one;
            return;
        }

        if (!isKnown) _flows++;
        shift.Flows[flow] = packets + one;
    }

    private IEnumerable<FlowShift> FlowsOf(KeyValuePair<(int RuleBefore, uint MarkBefore, int RuleAfter, uint MarkAfter), Shift> shift)
    {
        var (before, after) = (Before(shift.Key), After(shift.Key));
        return shift.Value.Flows.Select(f => new FlowShift(f.Key, before, after, f.Value));
    }

    private RuleVerdict Before((int RuleBefore, uint MarkBefore, int RuleAfter, uint MarkAfter) key) => _before.Verdict(key.RuleBefore, key.MarkBefore, _routes);

    private RuleVerdict After((int RuleBefore, uint MarkBefore, int RuleAfter, uint MarkAfter) key) => _after.Verdict(key.RuleAfter, key.MarkAfter, _routes);

    private sealed class Shift
    {
        public PacketTally Packets { get; set; }

        public Dictionary<string, PacketTally> Flows { get; } = [];
    }

    /// <summary>One of the two sets of rules.</summary>
    private sealed class Side(MarkTable table)
    {
        private readonly RuleCounters _counters = new(table.Rules.Rules.Count);
        private (int Rule, uint Mark)[] _verdicts = [];

        public MarkTable Table => table;

        public (int Rule, uint Mark)[] Classify(PageBundle bundle)
        {
            table.Classify(bundle, _counters);
            if (_verdicts.Length < bundle.Count) _verdicts = new (int, uint)[bundle.Capacity];
            for (var i = 0; i < bundle.Count; i++) _verdicts[i] = (bundle.Packets[i].Rule, bundle.Packets[i].Mark);
            return _verdicts;
        }

        public RuleVerdict Verdict(int rule, uint mark, RouteTable routes)
        {
            var decision = routes.Resolve(mark, selected: true);
            var copies = routes.Routes.Where((_, i) => (decision.Copies & (1ul << i)) != 0).Select(r => $"copy to {r.To}");
            return new RuleVerdict(rule == 0 ? null : table.Rules.Rules[rule - 1].Name, mark, string.Join(", ", copies.Append(routes.Routes[decision.Final].To)));
        }
    }
}
