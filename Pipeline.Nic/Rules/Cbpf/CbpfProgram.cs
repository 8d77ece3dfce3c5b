using System.Diagnostics;

namespace Pipeline.Nic.Rules.Cbpf;

/// <summary>
/// A checked classic BPF program: code that runs or translates it need not check whether jumps and memory are in range. It equals another
/// program with the same instructions.
/// </summary>
[DebuggerDisplay("{Length} instructions")]
internal sealed class CbpfProgram
{
    /// <summary>Words of scratch memory (BPF_MEMWORDS, pcap/bpf.h).</summary>
    public const int MemoryWords = 16;

    private readonly CbpfInstruction[] _instructions;

    private CbpfProgram(CbpfInstruction[] instructions) => _instructions = instructions;

    public ReadOnlySpan<CbpfInstruction> Instructions => _instructions;

    public int Length => _instructions.Length;

    /// <summary>Checks a program and takes ownership of it.</summary>
    /// <param name="fault">The first thing wrong with it, or null.</param>
    /// <returns>Null when something is wrong.</returns>
    public static CbpfProgram? Check(CbpfInstruction[] instructions, out string? fault)
    {
        fault = instructions.Length == 0 ? "the program is empty" : null;
        for (var i = 0; i < instructions.Length && fault is null; i++)
        {
            if (FaultOf(instructions, i) is { } what) fault = $"instruction {i}: {what}";
        }

        if (fault is null && !instructions[^1].IsReturn) fault = "the last instruction does not return";
        return fault is null ? new CbpfProgram(instructions) : null;
    }

    public override bool Equals(object? obj) => obj is CbpfProgram other && Instructions.SequenceEqual(other.Instructions);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var i in _instructions) hash.Add(i);
        return hash.ToHashCode();
    }

    /// <summary>The target of a <see cref="CbpfOpcode.Ja"/> jump.</summary>
    public static long TargetOf(CbpfInstruction jump, int at) => at + 1L + (int)jump.K;

    private static string? FaultOf(ReadOnlySpan<CbpfInstruction> program, int at)
    {
        var i = program[at];
        if (!Enum.IsDefined(i.Opcode)) return $"unknown opcode 0x{(ushort)i.Opcode:x}";
        if (i.UsesMemory && i.K >= MemoryWords) return $"M[{i.K}] is not one of {MemoryWords} words of memory";
        if (i is { Opcode: CbpfOpcode.DivK or CbpfOpcode.ModK, K: 0 }) return "division by 0";
        if (i.IsConditionalJump && at + 1 + Math.Max(i.IfTrue, i.IfFalse) >= program.Length) return "a jump behind the end";
        if (i.Opcode == CbpfOpcode.Ja && (ulong)TargetOf(i, at) >= (ulong)program.Length) return "a jump out of the program";
        return null;
    }
}
