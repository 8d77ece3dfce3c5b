using Pipeline.Nic.Rules.Cbpf;

namespace Pipeline.Nic.Rules.Ebpf;

using static EbpfRegister;

/// <summary>
/// Translates classic BPF, one instruction at a time. A is R0 and X is R1; the upper halves of both are 0. Each read is first compared with
/// the packet's end, and a read beyond it means no match.
/// </summary>
internal sealed class XdpFilterEmitter(XdpPacket packet)
{
    private const EbpfRegister A = R0;
    private const EbpfRegister X = R1;

    private readonly EbpfAssembler _code = packet.Code;

    /// <summary>Says why a program cannot be translated; null where it can.</summary>
    public static string? ReasonAgainst(CbpfProgram program)
    {
        for (var at = 0; at < program.Length; at++)
        {
            if (program.Instructions[at] is { Opcode: CbpfOpcode.Ja } jump && CbpfProgram.TargetOf(jump, at) <= at)
                return "its filter has a loop, as protochain does, and the kernel's verifier cannot see that it ends";
        }

        return null;
    }

    /// <summary>
    /// Emits a program that continues at <paramref name="match"/> where it returns anything but 0, otherwise at <paramref name="fail"/>.
    /// </summary>
    public void Emit(CbpfProgram program, int match, int fail)
    {
        EmitStart(program);
        var labels = new int[program.Length];
        for (var at = 0; at < labels.Length; at++) labels[at] = _code.NewLabel();
        var reached = Reached(program);
        for (var at = 0; at < labels.Length; at++)
        {
            _code.Place(labels[at]);
            if (reached[at]) Emit(program.Instructions[at], at, labels, match, fail);
        }
    }

    /// <summary>Finds the reachable instructions: the verifier refuses programs with unreachable ones.</summary>
    private static bool[] Reached(CbpfProgram program)
    {
        var reached = new bool[program.Length];
        reached[0] = true;
        for (var at = 0; at < program.Length; at++)
        {
            var i = program.Instructions[at];
            if (!reached[at] || i.IsReturn) continue;
            if (i.Opcode == CbpfOpcode.Ja) reached[CbpfProgram.TargetOf(i, at)] = true;
            else if (i.IsConditionalJump) reached[at + 1 + i.IfTrue] = reached[at + 1 + i.IfFalse] = true;
            else reached[at + 1] = true;
        }

        return reached;
    }

    /// <summary>Sets registers and memory to 0 before the first instruction.</summary>
    private void EmitStart(CbpfProgram program)
    {
        _code.Set(A, 0u);
        _code.Set(X, 0u);
        var used = new HashSet<uint>();
        foreach (var i in program.Instructions)
        {
            if (i.UsesMemory && used.Add(i.K)) _code.Store(EbpfSize.Word, R10, SlotOf(i), A);
        }
    }

    private void Emit(CbpfInstruction i, int at, int[] labels, int match, int fail)
    {
        if (i.LoadBytes > 0) EmitLoad(i, fail);
        else if (i.IsConditionalJump) EmitBranch(i, at, labels);
        else
        {
            switch (i.Opcode)
            {
                case CbpfOpcode.RetK: _code.Jump(i.K != 0 ? match : fail); break;
                case CbpfOpcode.RetA:
                    _code.JumpIf32(EbpfCondition.NotEqual, A, 0u, match);
                    _code.Jump(fail);
                    break;
                case CbpfOpcode.Ja: _code.Jump(labels[CbpfProgram.TargetOf(i, at)]); break;
                default: EmitComputation(i, fail); break;
            }
        }
    }

    private void EmitLoad(CbpfInstruction i, int fail)
    {
        if (i.K + (long)i.LoadBytes > XdpPacket.MostBytes)
        {
            EmitFailure(fail);
            return;
        }

        if (i.Opcode is CbpfOpcode.LdWordInd or CbpfOpcode.LdHalfInd or CbpfOpcode.LdByteInd)
        {
            _code.JumpIf(EbpfCondition.Greater, X, XdpPacket.MostBytes, fail);
            _code.Move(XdpPacket.Moved, X);
            packet.RequireAtMoved(i.K + i.LoadBytes, fail);
        }
        else packet.Require(i.K + i.LoadBytes, fail);

        if (i.Opcode == CbpfOpcode.LdxMsh)
        {
            _code.Load(EbpfSize.Byte, X, XdpPacket.Base, (int)i.K);
            _code.Alu32(EbpfAlu.And, X, 0x0f);
            _code.Alu32(EbpfAlu.ShiftLeft, X, 2);
            return;
        }

        _code.Load(XdpAddress.SizeOf(i.LoadBytes), A, XdpPacket.Base, (int)i.K);
        if (i.LoadBytes > 1) _code.ToBigEndian(A, 8 * i.LoadBytes);
    }

    /// <summary>Always jumps, but by a condition: otherwise the instruction after it might be unreachable.</summary>
    private void EmitFailure(int fail)
    {
        _code.Set(R2, 0u);
        _code.JumpIf(EbpfCondition.Equal, R2, 0, fail);
    }

    private void EmitBranch(CbpfInstruction i, int at, int[] labels)
    {
        var condition = i.Opcode switch
        {
            CbpfOpcode.JeqK or CbpfOpcode.JeqX => EbpfCondition.Equal,
            CbpfOpcode.JgtK or CbpfOpcode.JgtX => EbpfCondition.Greater,
            CbpfOpcode.JgeK or CbpfOpcode.JgeX => EbpfCondition.GreaterOrEqual,
            _ => EbpfCondition.AnyBit,
        };
        if (IsWithX(i)) _code.JumpIf32(condition, A, X, labels[at + 1 + i.IfTrue]);
        else _code.JumpIf32(condition, A, i.K, labels[at + 1 + i.IfTrue]);
        if (i.IfFalse > 0) _code.Jump(labels[at + 1 + i.IfFalse]);
    }

    private void EmitComputation(CbpfInstruction i, int fail)
    {
        switch (i.Opcode)
        {
            case CbpfOpcode.LdImm: _code.Set(A, i.K); break;
            case CbpfOpcode.LdxImm: _code.Set(X, i.K); break;
            case CbpfOpcode.LdMem: _code.Load(EbpfSize.Word, A, R10, SlotOf(i)); break;
            case CbpfOpcode.LdxMem: _code.Load(EbpfSize.Word, X, R10, SlotOf(i)); break;
            case CbpfOpcode.St: _code.Store(EbpfSize.Word, R10, SlotOf(i), A); break;
            case CbpfOpcode.Stx: _code.Store(EbpfSize.Word, R10, SlotOf(i), X); break;
            case CbpfOpcode.LdLen: packet.EmitLength(A); break;
            case CbpfOpcode.LdxLen: packet.EmitLength(X); break;
            case CbpfOpcode.Tax: _code.Alu32(EbpfAlu.Move, X, A); break;
            case CbpfOpcode.Txa: _code.Alu32(EbpfAlu.Move, A, X); break;
            case CbpfOpcode.Neg: _code.Alu32(EbpfAlu.Negate, A, 0); break;
            case CbpfOpcode.LshK or CbpfOpcode.RshK or CbpfOpcode.LshX or CbpfOpcode.RshX: EmitShift(i); break;
            default: EmitArithmetic(i, fail); break;
        }
    }

    private void EmitArithmetic(CbpfInstruction i, int fail)
    {
        if (i.Opcode is CbpfOpcode.DivX or CbpfOpcode.ModX) _code.JumpIf32(EbpfCondition.Equal, X, 0u, fail);
        var operation = i.Opcode switch
        {
            CbpfOpcode.AddK or CbpfOpcode.AddX => EbpfAlu.Add,
            CbpfOpcode.SubK or CbpfOpcode.SubX => EbpfAlu.Subtract,
            CbpfOpcode.MulK or CbpfOpcode.MulX => EbpfAlu.Multiply,
            CbpfOpcode.DivK or CbpfOpcode.DivX => EbpfAlu.Divide,
            CbpfOpcode.ModK or CbpfOpcode.ModX => EbpfAlu.Modulo,
            CbpfOpcode.OrK or CbpfOpcode.OrX => EbpfAlu.Or,
            CbpfOpcode.AndK or CbpfOpcode.AndX => EbpfAlu.And,
            _ => EbpfAlu.Xor,
        };
        EmitWithOperand(operation, i);
    }

    /// <summary>
    /// Emits a shift. eBPF would use only the low five bits of the count, whereas a count of 32 or more gives 0 in classic BPF.
    /// </summary>
    private void EmitShift(CbpfInstruction i)
    {
        var operation = i.Opcode is CbpfOpcode.LshK or CbpfOpcode.LshX ? EbpfAlu.ShiftLeft : EbpfAlu.ShiftRight;
        if (!IsWithX(i))
        {
            if (i.K < 32) EmitWithOperand(operation, i);
            else _code.Set(A, 0u);
            return;
        }

        var (few, done) = (_code.NewLabel(), _code.NewLabel());
        _code.JumpIf32(EbpfCondition.Less, X, 32, few);
        _code.Set(A, 0u);
        _code.Jump(done);
        _code.Place(few);
        EmitWithOperand(operation, i);
        _code.Place(done);
    }

    private void EmitWithOperand(EbpfAlu operation, CbpfInstruction i)
    {
        if (IsWithX(i)) _code.Alu32(operation, A, X);
        else _code.Alu32(operation, A, unchecked((int)i.K));
    }

    private static bool IsWithX(CbpfInstruction i) => ((ushort)i.Opcode & EbpfCode.FromRegister) != 0;

    private static int SlotOf(CbpfInstruction i) => XdpStack.Memory + (sizeof(uint) * (int)i.K);
}
