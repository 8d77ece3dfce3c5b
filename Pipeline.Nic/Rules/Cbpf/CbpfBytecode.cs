namespace Pipeline.Nic.Rules.Cbpf;

/// <summary>
/// Prints classic BPF as numbers: the output of <c>tcpdump -ddd</c>, but on one line as <c>tc</c> and <c>iptables</c> read it.
/// </summary>
internal static class CbpfBytecode
{
    /// <summary>The number of instructions, and the four numbers of each, separated by commas.</summary>
    public static string Of(CbpfProgram program) =>
        program.Length + "," + string.Join(
            ',', program.Instructions.ToArray().Select(i => $"{(ushort)i.Opcode} {i.IfTrue} {i.IfFalse} {i.K}"));
}
