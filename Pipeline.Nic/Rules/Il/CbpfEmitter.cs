using System.Reflection.Emit;
using Pipeline.Nic.Rules.Cbpf;

namespace Pipeline.Nic.Rules.Il;

/// <summary>Translates classic BPF, one instruction at a time. A and X are locals, and so is each word of memory that is used.</summary>
internal sealed class CbpfEmitter(PacketEmitter packet)
{
    private readonly IlBody _il = packet.Il;
    private readonly LocalBuilder _a = packet.Il.Local(typeof(uint), "A");
    private readonly LocalBuilder _x = packet.Il.Local(typeof(uint), "X");

    /// <summary>
    /// Emits a program that continues at <paramref name="match"/> where it returns anything but 0, otherwise at <paramref name="fail"/>.
    /// </summary>
    public void Emit(CbpfProgram program, Label match, Label fail)
    {
        Clear(program);
        var labels = new Label[program.Length];
        for (var at = 0; at < labels.Length; at++) labels[at] = _il.Label("I");
        for (var at = 0; at < labels.Length; at++)
        {
            _il.Mark(labels[at]);
            EmitInstruction(program.Instructions[at], at, labels, match, fail);
        }
    }

    /// <summary>Clears the registers: they must start at 0, and programs of several rules share them.</summary>
    private void Clear(CbpfProgram program)
    {
        Set(_a, 0);
        Set(_x, 0);
        foreach (var i in program.Instructions)
        {
            if (i.Opcode is CbpfOpcode.LdMem or CbpfOpcode.LdxMem) Set(Memory(i.K), 0);
        }
    }

    private void EmitInstruction(CbpfInstruction i, int at, Label[] labels, Label match, Label fail)
    {
        if (i.Opcode == CbpfOpcode.RetK) _il.Emit(OpCodes.Br, i.K == 0 ? fail : match);
        else if (i.Opcode == CbpfOpcode.RetA) EmitReturnA(match, fail);
        else if (i.Opcode == CbpfOpcode.Ja) _il.Emit(OpCodes.Br, labels[CbpfProgram.TargetOf(i, at)]);
        else if (i.IsConditionalJump) EmitJump(i, labels[at + 1 + i.IfTrue], labels[at + 1 + i.IfFalse]);
        else if (i.LoadBytes > 0) EmitLoad(i, fail);
        else EmitComputation(i, fail);
    }

    private void EmitReturnA(Label match, Label fail)
    {
        _il.Emit(OpCodes.Ldloc, _a);
        _il.Emit(OpCodes.Brtrue, match);
        _il.Emit(OpCodes.Br, fail);
    }

    private void EmitJump(CbpfInstruction i, Label ifTrue, Label ifFalse)
    {
        _il.Emit(OpCodes.Ldloc, _a);
        PushOperand(i);
        switch (i.Opcode)
        {
            case CbpfOpcode.JeqK or CbpfOpcode.JeqX: _il.Emit(OpCodes.Beq, ifTrue); break;
            case CbpfOpcode.JgtK or CbpfOpcode.JgtX: _il.Emit(OpCodes.Bgt_Un, ifTrue); break;
            case CbpfOpcode.JgeK or CbpfOpcode.JgeX: _il.Emit(OpCodes.Bge_Un, ifTrue); break;
            default:
                _il.Emit(OpCodes.And);
                _il.Emit(OpCodes.Brtrue, ifTrue);
                break;
        }

        _il.Emit(OpCodes.Br, ifFalse);
    }

    private void EmitLoad(CbpfInstruction i, Label fail)
    {
        if (i.Opcode is CbpfOpcode.LdWordInd or CbpfOpcode.LdHalfInd or CbpfOpcode.LdByteInd)
        {
            var index = _il.Local(typeof(long), "index");
            _il.Emit(OpCodes.Ldloc, _x);
            _il.Emit(OpCodes.Conv_U8);
            _il.Emit(OpCodes.Stloc, index);
            packet.RequireCaptured(index, (long)i.K + i.LoadBytes, fail);
            packet.PushAddress(index, i.K);
        }
        else
        {
            packet.RequireCaptured((long)i.K + i.LoadBytes, fail);
            packet.PushAddress(i.K);
        }

        packet.LoadBigEndian(i.LoadBytes);
        if (i.Opcode == CbpfOpcode.LdxMsh) EmitHeaderLength();
        _il.Emit(OpCodes.Stloc, i.Opcode == CbpfOpcode.LdxMsh ? _x : _a);
    }

    private void EmitHeaderLength()
    {
        _il.Emit(OpCodes.Ldc_I4, 0xf);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Ldc_I4, 2);
        _il.Emit(OpCodes.Shl);
    }

    private void EmitComputation(CbpfInstruction i, Label fail)
    {
        switch (i.Opcode)
        {
            case CbpfOpcode.LdImm: Set(_a, i.K); break;
            case CbpfOpcode.LdxImm: Set(_x, i.K); break;
            case CbpfOpcode.LdMem: Copy(Memory(i.K), _a); break;
            case CbpfOpcode.LdxMem: Copy(Memory(i.K), _x); break;
            case CbpfOpcode.St: Copy(_a, Memory(i.K)); break;
            case CbpfOpcode.Stx: Copy(_x, Memory(i.K)); break;
            case CbpfOpcode.Tax: Copy(_a, _x); break;
            case CbpfOpcode.Txa: Copy(_x, _a); break;
            case CbpfOpcode.LdLen: EmitLength(_a); break;
            case CbpfOpcode.LdxLen: EmitLength(_x); break;
            default: EmitArithmetic(i, fail); break;
        }
    }

    private void EmitLength(LocalBuilder register)
    {
        packet.LoadWireLength();
        _il.Emit(OpCodes.Stloc, register);
    }

    private void EmitArithmetic(CbpfInstruction i, Label fail)
    {
        if (i.Opcode is CbpfOpcode.DivX or CbpfOpcode.ModX)
        {
            _il.Emit(OpCodes.Ldloc, _x);
            _il.Emit(OpCodes.Brfalse, fail);
        }

        if (i.Opcode is CbpfOpcode.LshK or CbpfOpcode.RshK or CbpfOpcode.LshX or CbpfOpcode.RshX)
        {
            EmitShift(i);
            return;
        }

        _il.Emit(OpCodes.Ldloc, _a);
        if (i.Opcode != CbpfOpcode.Neg) PushOperand(i);
        _il.Emit(OperatorOf(i.Opcode));
        _il.Emit(OpCodes.Stloc, _a);
    }

    private static OpCode OperatorOf(CbpfOpcode opcode) => opcode switch
    {
        CbpfOpcode.AddK or CbpfOpcode.AddX => OpCodes.Add,
        CbpfOpcode.SubK or CbpfOpcode.SubX => OpCodes.Sub,
        CbpfOpcode.MulK or CbpfOpcode.MulX => OpCodes.Mul,
        CbpfOpcode.DivK or CbpfOpcode.DivX => OpCodes.Div_Un,
        CbpfOpcode.ModK or CbpfOpcode.ModX => OpCodes.Rem_Un,
        CbpfOpcode.OrK or CbpfOpcode.OrX => OpCodes.Or,
        CbpfOpcode.AndK or CbpfOpcode.AndX => OpCodes.And,
        CbpfOpcode.XorK or CbpfOpcode.XorX => OpCodes.Xor,
        _ => OpCodes.Neg,
    };

    /// <summary>
    /// Emits a shift. The machine would use only the low five bits of the count, whereas a count of 32 or more gives 0 in classic BPF.
    /// </summary>
    private void EmitShift(CbpfInstruction i)
    {
        var shift = i.Opcode is CbpfOpcode.LshK or CbpfOpcode.LshX ? OpCodes.Shl : OpCodes.Shr_Un;
        var zero = _il.Label("zero");
        var done = _il.Label("done");
        PushOperand(i);
        _il.Emit(OpCodes.Ldc_I4, 32);
        _il.Emit(OpCodes.Bge_Un, zero);
        _il.Emit(OpCodes.Ldloc, _a);
        PushOperand(i);
        _il.Emit(shift);
        _il.Emit(OpCodes.Stloc, _a);
        _il.Emit(OpCodes.Br, done);
        _il.Mark(zero);
        Set(_a, 0);
        _il.Mark(done);
    }

    private void PushOperand(CbpfInstruction i)
    {
        if (((ushort)i.Opcode & 0x08) != 0) _il.Emit(OpCodes.Ldloc, _x);
        else _il.Emit(OpCodes.Ldc_I4, unchecked((int)i.K));
    }

    private LocalBuilder Memory(uint word) => _il.Local(typeof(uint), $"M{word}");

    private void Set(LocalBuilder register, uint value)
    {
        _il.Emit(OpCodes.Ldc_I4, unchecked((int)value));
        _il.Emit(OpCodes.Stloc, register);
    }

    private void Copy(LocalBuilder from, LocalBuilder to)
    {
        _il.Emit(OpCodes.Ldloc, from);
        _il.Emit(OpCodes.Stloc, to);
    }
}
