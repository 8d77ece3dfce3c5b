using System.Buffers.Binary;

namespace Pipeline.Nic.Rules.Cbpf;

/// <summary>Runs a classic BPF program as libpcap does: the specification that translated programs are tested against.</summary>
internal ref struct CbpfInterpreter
{
    private readonly ReadOnlySpan<CbpfInstruction> _program;
    private readonly ReadOnlySpan<byte> _packet;
    private readonly Span<uint> _memory;
    private readonly uint _wireLength;
    private uint _a;
    private uint _x;

    private CbpfInterpreter(CbpfProgram program, ReadOnlySpan<byte> packet, uint wireLength, Span<uint> memory)
    {
        _program = program.Instructions;
        _packet = packet;
        _memory = memory;
        _wireLength = wireLength;
    }

    /// <returns>
    /// The program's result; 0 means that the packet does not match. A read beyond the captured bytes ends the program with 0.
    /// </returns>
    public static uint Run(CbpfProgram program, ReadOnlySpan<byte> packet, uint wireLength) =>
        new CbpfInterpreter(program, packet, wireLength, stackalloc uint[CbpfProgram.MemoryWords]).Run();

    private uint Run()
    {
        for (var at = 0; ; at++)
        {
            var i = _program[at];
            if (i.Opcode == CbpfOpcode.RetK) return i.K;
            if (i.Opcode == CbpfOpcode.RetA) return _a;
            if (i.Opcode == CbpfOpcode.Ja) at = (int)CbpfProgram.TargetOf(i, at) - 1;
            else if (i.IsConditionalJump) at += Holds(i) ? i.IfTrue : i.IfFalse;
            else if (i.LoadBytes > 0 ? !TryLoad(i) : !TryCompute(i)) return 0;
        }
    }

    private readonly bool Holds(CbpfInstruction i) => i.Opcode switch
    {
        CbpfOpcode.JeqK => _a == i.K,
        CbpfOpcode.JeqX => _a == _x,
        CbpfOpcode.JgtK => _a > i.K,
        CbpfOpcode.JgtX => _a > _x,
        CbpfOpcode.JgeK => _a >= i.K,
        CbpfOpcode.JgeX => _a >= _x,
        CbpfOpcode.JsetK => (_a & i.K) != 0,
        _ => (_a & _x) != 0,
    };

    private bool TryLoad(CbpfInstruction i)
    {
        var indirect = i.Opcode is CbpfOpcode.LdWordInd or CbpfOpcode.LdHalfInd or CbpfOpcode.LdByteInd;
        var from = (ulong)i.K + (indirect ? _x : 0);
        if (from + (uint)i.LoadBytes > (uint)_packet.Length) return false;

        var bytes = _packet.Slice((int)from, i.LoadBytes);
        if (i.Opcode == CbpfOpcode.LdxMsh) _x = 4 * (bytes[0] & 0xfu);
        else _a = BigEndian(bytes);
        return true;
    }

    private static uint BigEndian(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        1 => bytes[0],
        2 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
        _ => BinaryPrimitives.ReadUInt32BigEndian(bytes),
    };

    /// <returns>False for a division by zero, which ends the program.</returns>
    private bool TryCompute(CbpfInstruction i)
    {
        switch (i.Opcode)
        {
            case CbpfOpcode.LdImm: _a = i.K; break;
            case CbpfOpcode.LdMem: _a = _memory[(int)i.K]; break;
            case CbpfOpcode.LdLen: _a = _wireLength; break;
            case CbpfOpcode.LdxImm: _x = i.K; break;
            case CbpfOpcode.LdxMem: _x = _memory[(int)i.K]; break;
            case CbpfOpcode.LdxLen: _x = _wireLength; break;
            case CbpfOpcode.St: _memory[(int)i.K] = _a; break;
            case CbpfOpcode.Stx: _memory[(int)i.K] = _x; break;
            case CbpfOpcode.Tax: _x = _a; break;
            case CbpfOpcode.Txa: _a = _x; break;
            case CbpfOpcode.Neg: _a = 0 - _a; break;
            case CbpfOpcode.DivX or CbpfOpcode.ModX when _x == 0: return false;
            default: _a = Result(i.Opcode, _a, IsWithX(i.Opcode) ? _x : i.K); break;
        }

        return true;
    }

    private static bool IsWithX(CbpfOpcode opcode) => ((ushort)opcode & 0x08) != 0;

    private static uint Result(CbpfOpcode opcode, uint a, uint b) => opcode switch
    {
        CbpfOpcode.AddK or CbpfOpcode.AddX => a + b,
        CbpfOpcode.SubK or CbpfOpcode.SubX => a - b,
        CbpfOpcode.MulK or CbpfOpcode.MulX => a * b,
        CbpfOpcode.DivK or CbpfOpcode.DivX => a / b,
        CbpfOpcode.ModK or CbpfOpcode.ModX => a % b,
        CbpfOpcode.OrK or CbpfOpcode.OrX => a | b,
        CbpfOpcode.AndK or CbpfOpcode.AndX => a & b,
        CbpfOpcode.XorK or CbpfOpcode.XorX => a ^ b,
        CbpfOpcode.LshK or CbpfOpcode.LshX => b < 32 ? a << (int)b : 0,
        _ => b < 32 ? a >> (int)b : 0,
    };
}
