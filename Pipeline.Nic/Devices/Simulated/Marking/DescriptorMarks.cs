using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Devices.Simulated.Marking;

/// <summary>The marks that the device writes into the descriptors of each template under one generation of rules. Immutable.</summary>
internal sealed class DescriptorMarks
{
    private readonly int[] _matched;
    private readonly uint[] _marks;
    private readonly bool _isAll;

    /// <param name="rules">The set.</param>
    /// <param name="count">How many of them the device runs.</param>
    /// <param name="matched">For each template the 1-based rule, 0 for none.</param>
    public DescriptorMarks(RuleSet rules, int count, int[] matched)
    {
        Rules = new MarkedByDevice(rules.Generation, count);
        _matched = matched;
        _marks = [0, .. rules.Rules.Take(count).Select(r => r.ApplyTo(0))];
        _isAll = count == rules.Rules.Count;
    }

    /// <summary>The rules that its bundles carry.</summary>
    public MarkedByDevice Rules { get; }

    /// <summary>Writes the mark on a fresh descriptor. The mark is final when a rule matched, or when no rule is left to try.</summary>
    public void Write(int template, ref Packet packet)
    {
        var rule = _matched[template];
        if (rule == 0 && !_isAll) return;
        packet.Mark = _marks[rule];
        packet.Rule = rule;
        packet.Flags |= PacketFlags.MarkedByDevice;
    }
}
