using Pipeline.Nic.Rules.Cbpf;

namespace Pipeline.Nic.Rules.Planning;

/// <summary>The question of a filter, which is one rule.</summary>
/// <param name="program">Null where each link type has its own program, and code calls it.</param>
internal sealed class FilterProbe(int rule, CbpfProgram? program) : Probe(rule)
{
    private const int CallCost = 8;

    public CbpfProgram? Program { get; } = program;

    public override int Cost => Program?.Length ?? CallCost;

    public override string ToString() => Program is null ? "filter, called" : $"filter of {Program.Length} instructions";
}
