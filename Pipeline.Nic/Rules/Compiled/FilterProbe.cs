using Pipeline.Nic.Rules.Cbpf;

namespace Pipeline.Nic.Rules.Compiled;

/// <summary>A filter: one rule.</summary>
internal sealed class FilterProbe(int rule, CbpfProgram program) : Probe(rule)
{
    public CbpfProgram Program { get; } = program;

    public override int Cost => Program.Length;

    public override string ToString() => $"filter of {Program.Length} instructions";
}
