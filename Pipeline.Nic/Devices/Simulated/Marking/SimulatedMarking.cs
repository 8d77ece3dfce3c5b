using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices.Simulated.Traffic;
using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Devices.Simulated.Marking;

/// <summary>
/// The filters of a simulated NIC. They look at the bytes of an incoming packet, as hardware does. Since all packets of a template are
/// alike, each template is examined once. Guards are tried before the rules, as a program in the driver tries them.
/// </summary>
internal sealed class SimulatedMarking : IRuleOffload
{
    private readonly WireTraffic _traffic;
    private readonly SimulatedOptions _options;
    private LoadedRules? _current;
    private long _turns;

    public SimulatedMarking(WireTraffic traffic, SimulatedOptions options)
    {
        (_traffic, _options) = (traffic, options);
        Queues = [.. Enumerable.Range(0, options.AllQueues).Select(queue => new QueuePasses(queue, traffic))];
    }

    /// <summary>The rules in force in the device; null before any were loaded. Any thread.</summary>
    public LoadedRules? Current => Volatile.Read(ref _current);

    /// <summary>The passed packets of each queue.</summary>
    public IReadOnlyList<QueuePasses> Queues { get; }

    public PacketTally PassedFrom(int queue) => Queues[queue].Passed;

    public IPreparedRules Prepare(OffloadedRules rules)
    {
        var all = rules.Rules.Rules;
        var filters = new FilterTables(_options.PerfectFilters, _options.U32Filters);
        var refused = new List<RefusedRule>();
        foreach (var rule in all)
        {
            if (refused.Count > 0)
                refused.Add(new RefusedRule(rule, $"stands behind `{refused[0].Rule.Name}`, and rules are tried in order"));
            else if (filters.TryAdd(rule) is { } reason) refused.Add(new RefusedRule(rule, reason));
        }

        var loaded = Judge(rules, filters, Interlocked.Increment(ref _turns));
        return new Prepared(
            this, loaded, new OffloadReport(rules.Rules.Generation, filters.Count, filters.ToString(), refused, loaded.Passes));
    }

    private sealed class Prepared(SimulatedMarking marking, LoadedRules rules, OffloadReport report) : IPreparedRules
    {
        public OffloadReport Report => report;

        public void PutInForce() => Volatile.Write(ref marking._current, rules);

        public void Dispose()
        {
        }
    }

    private LoadedRules Judge(OffloadedRules rules, FilterTables filters, long turn)
    {
        var matched = new int[_traffic.Templates.Length];
        var places = new int[matched.Length];
        var packet = new byte[_traffic.Templates.Max(t => t.Length)];
        for (var i = 0; i < matched.Length; i++)
        {
            ref readonly var template = ref _traffic.Templates[i];
            var bytes = packet.AsSpan(0, template.Length);
            _traffic.CopyTo(template, packet);
            matched[i] = filters.Match(bytes);
            places[i] = PlaceOf(rules, GuardOf(rules, template, bytes), matched[i], filters.Count);
        }

        var marks = filters.Count > 0 ? new DescriptorMarks(rules.Rules, filters.Count, matched) : null;
        var passes = Array.TrueForAll(places, p => p == TemplatePasses.Taken) ? null : new TemplatePasses(turn, places, rules, Queues);
        return new LoadedRules(turn, marks, passes);
    }

    /// <summary>The index of the guard that matches; -1 for none.</summary>
    private int GuardOf(OffloadedRules rules, in PacketTemplate template, ReadOnlySpan<byte> bytes)
    {
        if (rules.Guards.Count == 0) return -1;
        var linkType = _traffic.Interfaces[template.Interface].LinkType;
        var located = LocatedPacket.Locate(linkType, bytes, template.WireLength);
        for (var i = 0; i < rules.Guards.Count; i++)
        {
            if (rules.Guards[i].Matches(linkType, located)) return i;
        }

        return -1;
    }

    /// <summary>
    /// The place that counts a packet that the device passes. A packet that no rule in hardware matched is decided only where no rule is
    /// left to software.
    /// </summary>
    private static int PlaceOf(OffloadedRules rules, int guard, int rule, int inHardware)
    {
        var count = rules.Rules.Rules.Count;
        if (guard >= 0) return rules.KeptOut == PacketVerdict.Pass ? 1 + count + guard : TemplatePasses.Taken;
        var isDecided = rule > 0 || inHardware == count;
        return isDecided && rules.VerdictOfRule(rule) == PacketVerdict.Pass ? rule : TemplatePasses.Taken;
    }
}
