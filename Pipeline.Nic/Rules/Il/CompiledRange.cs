
namespace Pipeline.Nic.Rules.Il;

/// <summary>A range of rules and its compiled form, for people to read.</summary>
/// <param name="IlBytes">Bytes of IL that its method was compiled from.</param>
internal sealed record CompiledRange(RuleRange Range, RangeTables Tables, int IlBytes);
