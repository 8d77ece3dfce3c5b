namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>
/// The registers of eBPF (RFC 9669, section 2.2): R0 is a call's result and the program's, R1 to R5 are a call's arguments and are lost in
/// it, R6 to R9 are kept, R10 is the end of the stack.
/// </summary>
internal enum EbpfRegister : byte
{
    R0,
    R1,
    R2,
    R3,
    R4,
    R5,
    R6,
    R7,
    R8,
    R9,
    R10,
}
