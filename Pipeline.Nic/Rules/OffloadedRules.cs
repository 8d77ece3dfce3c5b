using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Nic.Rules;

/// <summary>One generation as a device gets it: the rules, the guards before them, and the routes' verdicts by mark. Immutable.</summary>
public sealed record OffloadedRules
{
    /// <summary>The generation.</summary>
    public required RuleSet Rules { get; init; }

    /// <summary>The guards in force, in the order they are tried; none where nothing is kept out.</summary>
    public IReadOnlyList<Guard> Guards { get; init; } = [];

    /// <summary>The verdicts in the order of the routes. A packet that none of them takes or passes is passed.</summary>
    public IReadOnlyList<MarkVerdict> Verdicts { get; init; } = [];

    /// <summary>
    /// The verdict on packets that a guard keeps out: <see cref="PacketVerdict.Pass"/>, or <see cref="PacketVerdict.Take"/> where software
    /// must see all packets. Either way, a machine that depends on them must not lose them.
    /// </summary>
    public PacketVerdict KeptOut { get; init; } = PacketVerdict.Pass;

    /// <summary>For software that must see all packets: the device marks, and passes nothing.</summary>
    public static OffloadedRules TakingAll(RuleSet rules, IReadOnlyList<Guard> guards) => new()
    {
        Rules = rules,
        Guards = guards,
        Verdicts = [new MarkVerdict(0, 0, PacketVerdict.Take)],
        KeptOut = PacketVerdict.Take,
    };

    /// <summary>The verdict on packets with this mark when all rules have been tried.</summary>
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

    /// <summary>The verdict on packets that one rule matched and no other.</summary>
    /// <param name="rule">1-based; 0 for packets that no rule matched.</param>
    public PacketVerdict VerdictOfRule(int rule) => VerdictOf(rule == 0 ? 0 : Rules.Rules[rule - 1].ApplyTo(0));
}
