using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Nic.Rules;

/// <summary>One generation as a device gets it: rules, the guards in front of them, and what routes do by the mark. Immutable.</summary>
public sealed record OffloadedRules
{
    /// <summary>The generation.</summary>
    public required RuleSet Rules { get; init; }

    /// <summary>The guards in force, in the order they are tried; none where nothing is kept out.</summary>
    public IReadOnlyList<Guard> Guards { get; init; } = [];

    /// <summary>In the order of the routes. A packet that none of them takes or passes is passed.</summary>
    public IReadOnlyList<MarkVerdict> Verdicts { get; init; } = [];

    /// <summary>
    /// What becomes of packets that a guard keeps out: <see cref="PacketVerdict.Pass"/>, or <see cref="PacketVerdict.Take"/> where software
    /// has to see all packets. A machine that depends on them must not lose them either way.
    /// </summary>
    public PacketVerdict KeptOut { get; init; } = PacketVerdict.Pass;

    /// <summary>For software that has to see all packets: the device marks, and passes nothing.</summary>
    public static OffloadedRules TakingAll(RuleSet rules, IReadOnlyList<Guard> guards) => new()
    {
        Rules = rules,
        Guards = guards,
        Verdicts = [new MarkVerdict(0, 0, PacketVerdict.Take)],
        KeptOut = PacketVerdict.Take,
    };

    /// <summary>What becomes of packets with a mark that all rules are done with.</summary>
    public PacketVerdict VerdictOf(uint mark)
    {
        var passes = PacketVerdict.Pass;
        foreach (var verdict in Verdicts)
        {
            if (!verdict.Holds(mark)) continue;
            if (verdict.Verdict == PacketVerdict.Take) return PacketVerdict.Take;
            if (verdict.Verdict == PacketVerdict.Pass) return passes;
            passes = PacketVerdict.Copy;
        }

        return passes;
    }

    /// <summary>What becomes of packets that one rule matched and no other.</summary>
    /// <param name="rule">1-based; 0 for packets that no rule matched.</param>
    public PacketVerdict VerdictOfRule(int rule) => VerdictOf(rule == 0 ? 0 : Rules.Rules[rule - 1].ApplyTo(0));
}
