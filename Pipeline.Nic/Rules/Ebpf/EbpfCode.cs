namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>The parts of an eBPF opcode (RFC 9669, sections 3 to 5; linux/bpf_common.h and linux/bpf.h).</summary>
internal static class EbpfCode
{
    public const byte ClassMask = 0x07;
    public const byte Load = 0x00;
    public const byte LoadMemory = 0x01;
    public const byte StoreImmediate = 0x02;
    public const byte Store = 0x03;
    public const byte Alu32 = 0x04;
    public const byte Jump = 0x05;
    public const byte Jump32 = 0x06;
    public const byte Alu64 = 0x07;

    public const byte SizeMask = 0x18;
    public const byte Memory = 0x60;

    /// <summary>A store in one step with something else, which the constant names.</summary>
    public const byte Atomic = 0xc0;

    /// <summary>
    /// The old value is loaded into the register whose value is stored, in order with all other loads and stores (BPF_XCHG).
    /// </summary>
    public const int Exchange = 0xe1;

    /// <summary>The second operand is a register; otherwise it is the instruction's constant.</summary>
    public const byte FromRegister = 0x08;

    public const byte OperationMask = 0xf0;

    /// <summary>A constant of 64 bits, in two instructions.</summary>
    public const byte LoadWide = 0x18;

    public const byte Call = 0x85;

    /// <summary>In a call's source: the constant is the number of a kernel function among its types (BPF_PSEUDO_KFUNC_CALL).</summary>
    public const byte KernelFunction = 2;

    public const byte Exit = 0x95;
    public const byte JumpAlways = 0x05;

    /// <summary>With a register's number of bits as the constant: from this machine's byte order to the network's.</summary>
    public const byte ToBigEndian = 0xdc;

    /// <summary>In a wide constant's source: it is a map's descriptor (BPF_PSEUDO_MAP_FD).</summary>
    public const byte MapDescriptor = 1;

    /// <summary>
    /// In a wide constant's source: it is the address of a map's first value, and its upper half is an offset (BPF_PSEUDO_MAP_VALUE).
    /// </summary>
    public const byte MapValue = 2;
}

/// <summary>Bytes that a load or store moves.</summary>
internal enum EbpfSize : byte
{
    Word = 0x00,
    Half = 0x08,
    Byte = 0x10,
    Double = 0x18,
}

/// <summary>The operation of an arithmetic instruction.</summary>
internal enum EbpfAlu : byte
{
    Add = 0x00,
    Subtract = 0x10,
    Multiply = 0x20,

    /// <summary>Unsigned. Division by 0 gives 0, whereas classic BPF ends the program.</summary>
    Divide = 0x30,
    Or = 0x40,
    And = 0x50,
    ShiftLeft = 0x60,
    ShiftRight = 0x70,
    Negate = 0x80,
    Modulo = 0x90,
    Xor = 0xa0,
    Move = 0xb0,
}

/// <summary>The condition of a conditional jump. Numbers are unsigned.</summary>
internal enum EbpfCondition : byte
{
    Equal = 0x10,
    Greater = 0x20,
    GreaterOrEqual = 0x30,
    AnyBit = 0x40,
    NotEqual = 0x50,
    Less = 0xa0,
    LessOrEqual = 0xb0,
}

/// <summary>Functions of the kernel that programs call, by their number (linux/bpf.h, ___BPF_FUNC_MAPPER).</summary>
internal enum EbpfHelper
{
    MapLookup = 1,
    CpuNumber = 8,
    OutputEvent = 25,
    RedirectMap = 51,
    AdjustMetadata = 54,
    FindUdpSocket = 85,
    ReleaseSocket = 86,
    FindTcpSocket = 99,
    BufferLength = 188,
}
