using Pipeline.Nic.Rules.Cbpf;
using Pipeline.Nic.Rules.Compiled;

namespace Pipeline.Nic.Tests.Rules;

/// <summary>Runs one classic BPF program as IL.</summary>
internal static class CompiledFilter
{
    public static bool Matches(CbpfProgram program, byte[] packet, uint wireLength) => RuleCompiler.Matches(RuleCompiler.Compile(program), packet, wireLength);
}
