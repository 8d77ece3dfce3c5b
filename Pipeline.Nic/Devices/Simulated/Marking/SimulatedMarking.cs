using Pipeline.Nic.Devices.Simulated.Traffic;
using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Devices.Simulated.Marking;

/// <summary>
/// The filters of a simulated NIC. They look at a packet's bytes as hardware does while it comes in; since all packets of a template are
/// alike, each template is looked at once.
/// </summary>
internal sealed class SimulatedMarking(WireTraffic traffic, SimulatedOptions options) : IMarkOffload
{
    private DescriptorMarks? _current;

    /// <summary>What is written into descriptors now; null before any rules were loaded. Any thread.</summary>
    public DescriptorMarks? Current => Volatile.Read(ref _current);

    public OffloadReport Load(RuleSet rules)
    {
        var filters = new FilterTables(options.PerfectFilters, options.U32Filters);
        var refused = new List<RefusedRule>();
        for (var i = 0; i < rules.Rules.Count; i++)
        {
            var rule = rules.Rules[i];
            if (refused.Count > 0) refused.Add(new RefusedRule(rule, $"stands behind `{refused[0].Rule.Name}`, and rules are tried in order"));
            else if (filters.TryAdd(rule) is { } reason) refused.Add(new RefusedRule(rule, reason));
        }

        // Without a rule in hardware there is nothing to tell the software.
        var loaded = filters.Count > 0 ? Mark(rules, filters) : null;
        Volatile.Write(ref _current, loaded);
        return new OffloadReport(rules.Generation, filters.Count, filters.ToString(), refused);
    }

    private DescriptorMarks Mark(RuleSet rules, FilterTables filters)
    {
        var matched = new int[traffic.Templates.Length];
        var packet = new byte[traffic.Templates.Max(t => t.Length)];
        for (var i = 0; i < matched.Length; i++)
        {
            ref readonly var template = ref traffic.Templates[i];
            traffic.CopyTo(template, packet);
            matched[i] = filters.Match(packet.AsSpan(0, template.Length));
        }

        return new DescriptorMarks(rules, filters.Count, matched);
    }
}
