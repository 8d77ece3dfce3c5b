using System.Diagnostics;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Rules;

/// <summary>An immutable, ordered, numbered set of rules: one generation.</summary>
/// <param name="Generation">Counts up by one with every set put in force.</param>
/// <param name="Rules">In the order they are tried.</param>
/// <param name="LiftedGuards">Keep-out guards lifted by name.</param>
/// <param name="Source">The text it was read from.</param>
[DebuggerDisplay("generation {Generation}: {Rules.Count} rules of {Source.Name}")]
public sealed record RuleSet(int Generation, IReadOnlyList<MarkRule> Rules, IReadOnlyList<string> LiftedGuards, SourceText Source)
{
    /// <summary>No rules, as generation 1: no packet is marked. A pipeline without rules starts with it.</summary>
    public static readonly RuleSet Empty = new(1, [], [], new SourceText("no rules", ""));
}
