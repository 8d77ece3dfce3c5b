using Pipeline.Nic.Rules.Cbpf;

namespace Pipeline.Nic.Rules.Planning;

/// <summary>A filter: one rule.</summary>
/// <param name="program">Null where it is another one for each link type, and called.</param>
internal sealed class FilterProbe(int rule, CbpfProgram? program) : Probe(rule)
{
    private const int CallCost = 8;

    public CbpfProgram? Program { get; } = program;

    public override int Cost => Program?.Length ?? CallCost;

    public override string ToString() => Program is null ? "filter, called" : $"filter of {Program.Length} instructions";
}
