using System.Text;

namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>Prints eBPF as the kernel's verifier and <c>bpftool prog dump</c> do, because people know that form.</summary>
internal static class EbpfListing
{
    /// <summary>Constants from here on are places on the stack, and not the bits of a mask.</summary>
    private const int MostNegative = -512;

    /// <summary>One line per instruction, with the assembler's comments above it.</summary>
    /// <param name="maps">The names of the program's maps, in their order.</param>
    public static string Of(ReadOnlySpan<EbpfInstruction> program, IReadOnlyDictionary<int, string> comments, IReadOnlyList<string> maps)
    {
        var text = new StringBuilder();
        for (var at = 0; at < program.Length; at++)
        {
            if (comments.TryGetValue(at, out var comment))
            {
                foreach (var line in comment.Split('\n')) text.Append($"; {line}\n");
            }

            var wide = program[at].Code == EbpfCode.LoadWide;
            text.Append($"{at,5}: {(wide ? Wide(program[at], program[at + 1], maps) : Line(program[at], at))}\n");
            if (wide) at++;
        }

        return text.ToString();
    }

    private static string Wide(EbpfInstruction low, EbpfInstruction high, IReadOnlyList<string> maps) =>
        $"r{(int)low.Target} = " + (byte)low.Source switch
    {
        EbpfCode.MapDescriptor => $"map[{maps[low.Immediate]}]",
        EbpfCode.MapValue => $"map[{maps[low.Immediate]}][0]+{high.Immediate}",
        _ => $"0x{(ulong)(uint)high.Immediate << 32 | (uint)low.Immediate:x} ll",
    };

    private static string Line(EbpfInstruction i, int at) => (byte)(i.Code & EbpfCode.ClassMask) switch
    {
        EbpfCode.LoadMemory => $"r{(int)i.Target} = {Memory(i, i.Source)}",
        EbpfCode.StoreImmediate => $"{Memory(i, i.Target)} = {i.Immediate}",
        EbpfCode.Store when (i.Code & EbpfCode.Atomic) == EbpfCode.Atomic =>
            $"w{(int)i.Source} = xchg({Memory(i, i.Target)}, w{(int)i.Source})",
        EbpfCode.Store => $"{Memory(i, i.Target)} = r{(int)i.Source}",
        EbpfCode.Alu32 when i.Code == EbpfCode.ToBigEndian => $"r{(int)i.Target} = be{i.Immediate} r{(int)i.Target}",
        EbpfCode.Alu32 => Arithmetic(i, "w"),
        EbpfCode.Alu64 => Arithmetic(i, "r"),
        EbpfCode.Jump32 => $"if {Condition(i, "w")} goto {at + 1 + i.Offset}",
        _ => i.Code switch
        {
            EbpfCode.Exit => "exit",
            EbpfCode.Call when (byte)i.Source == EbpfCode.KernelFunction => $"call kernel#{i.Immediate}",
            EbpfCode.Call => $"call {(EbpfHelper)i.Immediate}#{i.Immediate}",
            EbpfCode.JumpAlways => $"goto {at + 1 + i.Offset}",
            _ => $"if {Condition(i, "r")} goto {at + 1 + i.Offset}",
        },
    };

    private static string Memory(EbpfInstruction i, EbpfRegister register)
    {
        var size = (EbpfSize)(i.Code & EbpfCode.SizeMask) switch
        {
            EbpfSize.Byte => "u8", EbpfSize.Half => "u16", EbpfSize.Word => "u32", _ => "u64",
        };
        return $"*({size} *)(r{(int)register} {(i.Offset < 0 ? '-' : '+')}{Math.Abs((int)i.Offset)})";
    }

    private static string Operand(EbpfInstruction i, string register)
    {
        if ((i.Code & EbpfCode.FromRegister) != 0) return $"{register}{(int)i.Source}";
        return i.Immediate is >= MostNegative and < 10 and not -1 ? $"{i.Immediate}" : $"0x{(uint)i.Immediate:x}";
    }

    private static string Arithmetic(EbpfInstruction i, string register)
    {
        var target = $"{register}{(int)i.Target}";
        var operation = (EbpfAlu)(i.Code & EbpfCode.OperationMask);
        return operation == EbpfAlu.Negate ? $"{target} = -{target}" : $"{target} {Sign(operation)} {Operand(i, register)}";
    }

    private static string Sign(EbpfAlu operation) => operation switch
    {
        EbpfAlu.Add => "+=",
        EbpfAlu.Subtract => "-=",
        EbpfAlu.Multiply => "*=",
        EbpfAlu.Divide => "/=",
        EbpfAlu.Or => "|=",
        EbpfAlu.And => "&=",
        EbpfAlu.ShiftLeft => "<<=",
        EbpfAlu.ShiftRight => ">>=",
        EbpfAlu.Modulo => "%=",
        EbpfAlu.Xor => "^=",
        _ => "=",
    };

    private static string Condition(EbpfInstruction i, string register)
    {
        var sign = (EbpfCondition)(i.Code & EbpfCode.OperationMask) switch
        {
            EbpfCondition.Equal => "==",
            EbpfCondition.Greater => ">",
            EbpfCondition.GreaterOrEqual => ">=",
            EbpfCondition.AnyBit => "&",
            EbpfCondition.NotEqual => "!=",
            EbpfCondition.Less => "<",
            _ => "<=",
        };
        return $"{register}{(int)i.Target} {sign} {Operand(i, register)}";
    }
}
