namespace Pipeline.Nic.Rules.Cbpf;

/// <summary>
/// Emits libpcap's program for a filter as a part of another: it ends at a label, even where it would read beyond the end.
/// </summary>
internal sealed class InlinedFilter(CbpfAssembler code, int fail)
{
    /// <summary>Words of memory from here on belong to the program around it.</summary>
    private const uint FirstTakenWord = 10;

    private const uint SavedA = 10;

    /// <exception cref="NotExpressibleException">It cannot be a part of another program, or cannot run in the kernel.</exception>
    public void Emit(CbpfProgram filter)
    {
        CheckForKernel(filter);
        var instructions = filter.Instructions;
        foreach (var i in instructions)
        {
            if (i.UsesMemory && i.K >= FirstTakenWord) throw new NotExpressibleException("its filter takes too many words of memory");
        }

        var matched = code.NewLabel();
        var labels = Enumerable.Range(0, filter.Length).Select(_ => code.NewLabel()).ToArray();
        for (var at = 0; at < filter.Length; at++)
        {
            code.Place(labels[at]);
            Emit(instructions[at], at, labels, matched);
        }

        code.Place(matched);
    }

    /// <summary>The kernel refuses jumps back. libpcap emits them for <c>protochain</c> (bpf_check_classic, net/core/filter.c).</summary>
    public static void CheckForKernel(CbpfProgram filter)
    {
        for (var at = 0; at < filter.Length; at++)
        {
            if (filter.Instructions[at] is { Opcode: CbpfOpcode.Ja } jump && CbpfProgram.TargetOf(jump, at) <= at)
                throw new NotExpressibleException("the kernel takes no program with loops, as protochain is one");
        }
    }

    private void Emit(CbpfInstruction i, int at, int[] labels, int matched)
    {
        if (i.LoadBytes > 0) Guard(i);
        switch (i.Opcode)
        {
            case CbpfOpcode.RetK: code.Jump(i.K != 0 ? matched : fail); break;
            case CbpfOpcode.RetA: code.Branch(CbpfOpcode.JeqK, 0, fail, matched); break;
            case CbpfOpcode.Ja: code.Jump(labels[CbpfProgram.TargetOf(i, at)]); break;
            case CbpfOpcode.DivX or CbpfOpcode.ModX: throw new NotExpressibleException("its filter divides by what is in the packet");
            default:
                if (i.IsConditionalJump) code.Branch(i.Opcode, i.K, labels[at + 1 + i.IfTrue], labels[at + 1 + i.IfFalse]);
                else code.Emit(i.Opcode, i.K);
                break;
        }
    }

    private void Guard(CbpfInstruction load)
    {
        // This is the only load that keeps A.
        if (load.Opcode == CbpfOpcode.LdxMsh) code.Emit(CbpfOpcode.St, SavedA);
        code.Emit(CbpfOpcode.LdLen);
        if (load.Opcode is CbpfOpcode.LdWordInd or CbpfOpcode.LdHalfInd or CbpfOpcode.LdByteInd)
        {
            code.Branch(CbpfOpcode.JgeX, 0, CbpfAssembler.Next, fail);
            code.Emit(CbpfOpcode.SubX);
        }

        var end = load.K + (ulong)load.LoadBytes;
        if (end > uint.MaxValue) code.Jump(fail);
        else code.Branch(CbpfOpcode.JgeK, (uint)end, CbpfAssembler.Next, fail);
        if (load.Opcode == CbpfOpcode.LdxMsh) code.Emit(CbpfOpcode.LdMem, SavedA);
    }
}
