namespace Pipeline.Nic.Rules.Cbpf;

/// <summary>One instruction of classic BPF.</summary>
/// <param name="Opcode">The operation.</param>
/// <param name="IfTrue">Instructions skipped by a conditional jump whose condition holds.</param>
/// <param name="IfFalse">Instructions skipped when it does not.</param>
/// <param name="K">Its constant.</param>
internal readonly record struct CbpfInstruction(CbpfOpcode Opcode, byte IfTrue, byte IfFalse, uint K)
{
    private const ushort ClassMask = 0x07;
    private const ushort JumpClass = 0x05;
    private const ushort ReturnClass = 0x06;

    public bool IsConditionalJump => ((ushort)Opcode & ClassMask) == JumpClass && Opcode != CbpfOpcode.Ja;

    public bool IsReturn => ((ushort)Opcode & ClassMask) == ReturnClass;

    public bool UsesMemory => Opcode is CbpfOpcode.LdMem or CbpfOpcode.LdxMem or CbpfOpcode.St or CbpfOpcode.Stx;

    /// <summary>Bytes read from the packet; 0 when it reads none.</summary>
    public int LoadBytes => Opcode switch
    {
        CbpfOpcode.LdWordAbs or CbpfOpcode.LdWordInd => 4,
        CbpfOpcode.LdHalfAbs or CbpfOpcode.LdHalfInd => 2,
        CbpfOpcode.LdByteAbs or CbpfOpcode.LdByteInd or CbpfOpcode.LdxMsh => 1,
        _ => 0,
    };
}
