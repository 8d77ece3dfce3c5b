using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>The rules of a search, with the numbers that the search finds. The rule with the lower number is better.</summary>
internal sealed class XdpRules
{
    private readonly IReadOnlyList<MarkRule> _rules;
    private readonly IReadOnlyList<int>? _guards;

    private XdpRules(IReadOnlyList<MarkRule> rules, IReadOnlyList<int>? guards) => (_rules, _guards) = (rules, guards);

    /// <summary>The word for them, for people.</summary>
    public string Kind => _guards is null ? "rule" : "guard";

    public MarkRule this[int index] => _rules[index];

    /// <summary>Rules, by their 1-based indexes.</summary>
    public static XdpRules Of(IReadOnlyList<MarkRule> rules) => new(rules, null);

    /// <summary>Conditions of guards, by the 1-based indexes of the guards.</summary>
    public static XdpRules Of(GuardConditions guards) => new([.. guards.All], guards.Guards);

    public uint NumberOf(int index) => (uint)(_guards is null ? index : _guards[index]) + 1;
}
