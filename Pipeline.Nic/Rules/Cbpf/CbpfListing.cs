namespace Pipeline.Nic.Rules.Cbpf;

/// <summary>Prints classic BPF as <c>tcpdump -d</c> does, because people know that form.</summary>
internal static class CbpfListing
{
    /// <summary>One line per instruction, without a line end after the last.</summary>
    public static string Of(CbpfProgram program) =>
        string.Join('\n', Enumerable.Range(0, program.Length).Select(at => Line(program.Instructions[at], at)));

    private static string Line(CbpfInstruction i, int at)
    {
        var operation = Mnemonic(i.Opcode);
        if (!i.IsConditionalJump) return $"({at:000}) {operation,-8} {Operand(i, at)}";
        return $"({at:000}) {operation,-8} {Operand(i, at),-16} jt {at + 1 + i.IfTrue}\tjf {at + 1 + i.IfFalse}";
    }

    private static string Mnemonic(CbpfOpcode opcode) => opcode switch
    {
        CbpfOpcode.LdHalfAbs or CbpfOpcode.LdHalfInd => "ldh",
        CbpfOpcode.LdByteAbs or CbpfOpcode.LdByteInd => "ldb",
        CbpfOpcode.LdImm or CbpfOpcode.LdMem or CbpfOpcode.LdLen or CbpfOpcode.LdWordAbs or CbpfOpcode.LdWordInd => "ld",
        CbpfOpcode.LdxMsh => "ldxb",
        CbpfOpcode.LdxImm or CbpfOpcode.LdxMem or CbpfOpcode.LdxLen => "ldx",
        CbpfOpcode.RetK or CbpfOpcode.RetA => "ret",
        CbpfOpcode.Stx => "stx",
        CbpfOpcode.Tax => "tax",
        _ => opcode.ToString().TrimEnd('K', 'X').ToLowerInvariant(),
    };

    private static string Operand(CbpfInstruction i, int at) => i.Opcode switch
    {
        CbpfOpcode.LdWordAbs or CbpfOpcode.LdHalfAbs or CbpfOpcode.LdByteAbs => $"[{i.K}]",
        CbpfOpcode.LdWordInd or CbpfOpcode.LdHalfInd or CbpfOpcode.LdByteInd => $"[x + {i.K}]",
        CbpfOpcode.LdMem or CbpfOpcode.LdxMem or CbpfOpcode.St or CbpfOpcode.Stx => $"M[{i.K}]",
        CbpfOpcode.LdLen or CbpfOpcode.LdxLen => "#pktlen",
        CbpfOpcode.LdxMsh => $"4*([{i.K}]&0xf)",
        CbpfOpcode.Ja => CbpfProgram.TargetOf(i, at).ToString(),
        CbpfOpcode.RetK => $"#{i.K}",
        CbpfOpcode.RetA => "",
        CbpfOpcode.Neg or CbpfOpcode.Tax or CbpfOpcode.Txa => "",
        CbpfOpcode.AndK or CbpfOpcode.OrK or CbpfOpcode.XorK or CbpfOpcode.JeqK or CbpfOpcode.JgtK or CbpfOpcode.JgeK or CbpfOpcode.JsetK
            or CbpfOpcode.LdImm or CbpfOpcode.LdxImm => $"#0x{i.K:x}",
        _ when ((ushort)i.Opcode & 0x08) != 0 => "x",
        _ => $"#{i.K}",
    };
}
