using Pipeline.Actors.Configuration;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Actors.Generations;

/// <summary>
/// Judges packets by two sets of rules and records the differences: a dry run. Routes direct packets by their marks. An expression on a
/// command line is taken to select every packet. For one thread; memory is bounded, whatever the packets.
/// </summary>
public sealed class RuleComparison
{
    /// <summary>The most flows, and the most kinds of change, that are kept apart.</summary>
    public const int MostEntries = 1 << 16;

    private readonly Side _before;
    private readonly Side _after;
    private readonly RouteTable _routes;
    private readonly int _mostEntries;
    private readonly Dictionary<(Judgement Before, Judgement After), Shift> _shifts = [];
    private int _flows;
    private PacketTally _compared;
    private PacketTally _rerouted;
    private PacketTally _remarked;
    private PacketTally _beyondFlows;
    private PacketTally _beyondShifts;

    /// <summary>Compiles both sets, for link types as they occur in packets. A running pipeline is not affected.</summary>
    /// <param name="before">The rules in force.</param>
    /// <param name="after">Those that might follow them.</param>
    /// <param name="routes">The routes of both.</param>
    /// <param name="mostEntries">Flows, and kinds of change, that are reported one by one; the rest is summed up.</param>
    /// <param name="guards">The guards in front of both sets, unless a set lifts them; null for none.</param>
    public RuleComparison(
        RuleSet before, RuleSet after, IReadOnlyList<RouteOptions> routes, int mostEntries = MostEntries,
        IReadOnlyList<Guard>? guards = null)
    {
        _before = new Side(MarkTable.Compile(before, guards ?? []));
        _after = new Side(MarkTable.Compile(after, guards ?? []));
        _routes = new RouteTable(routes, guards is not null);
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
            if (before[i].Differs(after[i])) Add(bundle, packets[i], before[i], after[i]);
        }
    }

    /// <summary>The differences found in the packets so far.</summary>
    public RuleDiff Result() => new()
    {
        Compared = _compared,
        Rerouted = _rerouted,
        Remarked = _remarked,
        Shifts = [.. _shifts.OrderByDescending(s => s.Value.Packets.Packets).Select(s => new RuleShift(
            _before.Verdict(s.Key.Before, _routes), _after.Verdict(s.Key.After, _routes), s.Value.Packets, s.Value.Flows.Count))],
        Flows = [.. _shifts.SelectMany(FlowsOf).OrderByDescending(f => f.Packets.Packets).ThenBy(f => f.Flow, StringComparer.Ordinal)],
        BeyondFlows = _beyondFlows,
        BeyondShifts = _beyondShifts,
    };

    private void Add(PageBundle bundle, in Packet packet, Judgement before, Judgement after)
    {
        var one = new PacketTally(1, packet.CapturedLength);
        if (before.Way(_routes) == after.Way(_routes)) _remarked += one;
        else _rerouted += one;

        var key = (before, after);
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

    private IEnumerable<FlowShift> FlowsOf(KeyValuePair<(Judgement Before, Judgement After), Shift> shift)
    {
        var (before, after) = (_before.Verdict(shift.Key.Before, _routes), _after.Verdict(shift.Key.After, _routes));
        return shift.Value.Flows.Select(f => new FlowShift(f.Key, before, after, f.Value));
    }

    private sealed class Shift
    {
        public PacketTally Packets { get; set; }

        public Dictionary<string, PacketTally> Flows { get; } = [];
    }

    /// <summary>One of the two sets of rules.</summary>
    private sealed class Side(MarkTable table)
    {
        private readonly RuleCounters _counters = table.NewCounters();
        private Judgement[] _judgements = [];

        public MarkTable Table => table;

        public Judgement[] Classify(PageBundle bundle)
        {
            table.Classify(bundle, _counters);
            if (_judgements.Length < bundle.Count) _judgements = new Judgement[bundle.Capacity];
            for (var i = 0; i < bundle.Count; i++) _judgements[i] = Judgement.Of(bundle.Packets[i]);
            return _judgements;
        }

        public RuleVerdict Verdict(Judgement judgement, RouteTable routes) => judgement.InWords(table, routes);
    }
}
