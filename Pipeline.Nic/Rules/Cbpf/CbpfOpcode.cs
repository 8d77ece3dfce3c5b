namespace Pipeline.Nic.Rules.Cbpf;

/// <summary>
/// The instructions of classic BPF (S. McCanne, V. Jacobson, "The BSD Packet Filter", 1993, with <c>mod</c> and <c>xor</c> as libpcap
/// and Linux added them; numbers as in pcap/bpf.h). A is the accumulator, X the index register, k the instruction's constant.
/// </summary>
internal enum CbpfOpcode : ushort
{
    /// <summary>A = k.</summary>
    LdImm = 0x00,

    /// <summary>A = the big-endian word at k.</summary>
    LdWordAbs = 0x20,
    LdHalfAbs = 0x28,
    LdByteAbs = 0x30,

    /// <summary>A = the big-endian word at X + k.</summary>
    LdWordInd = 0x40,
    LdHalfInd = 0x48,
    LdByteInd = 0x50,

    /// <summary>A = M[k].</summary>
    LdMem = 0x60,

    /// <summary>A = the packet's length on the wire.</summary>
    LdLen = 0x80,

    LdxImm = 0x01,
    LdxMem = 0x61,
    LdxLen = 0x81,

    /// <summary>X = 4 times the low four bits of the byte at k: the length of an IPv4 header.</summary>
    LdxMsh = 0xb1,

    St = 0x02,
    Stx = 0x03,

    AddK = 0x04,
    AddX = 0x0c,
    SubK = 0x14,
    SubX = 0x1c,
    MulK = 0x24,
    MulX = 0x2c,

    /// <summary>Division by a zero in X ends the program with 0; so does <see cref="ModX"/>.</summary>
    DivK = 0x34,
    DivX = 0x3c,
    OrK = 0x44,
    OrX = 0x4c,
    AndK = 0x54,
    AndX = 0x5c,

    /// <summary>Shifting by 32 or more gives 0.</summary>
    LshK = 0x64,
    LshX = 0x6c,
    RshK = 0x74,
    RshX = 0x7c,
    Neg = 0x84,
    ModK = 0x94,
    ModX = 0x9c,
    XorK = 0xa4,
    XorX = 0xac,

    /// <summary>Jumps by k. libpcap takes k as signed for <c>protochain</c>'s loops.</summary>
    Ja = 0x05,
    JeqK = 0x15,
    JeqX = 0x1d,
    JgtK = 0x25,
    JgtX = 0x2d,
    JgeK = 0x35,
    JgeX = 0x3d,
    JsetK = 0x45,
    JsetX = 0x4d,

    RetK = 0x06,
    RetA = 0x16,

    Tax = 0x07,
    Txa = 0x87,
}
