namespace Pipeline.Nic.Rules.Ebpf;

using static EbpfRegister;

/// <summary>
/// Emits access to a packet's bytes. The verifier lets a program read only bytes that it has compared with the packet's end.
/// </summary>
/// <param name="hasFragments">
/// Whether the program declares that it can have packets in several pieces. It then sees the bytes of the first piece.
/// </param>
internal sealed class XdpPacket(EbpfAssembler code, bool hasFragments = false)
{
    /// <summary>
    /// The program's argument (struct xdp_md, linux/bpf.h), the packet's first byte, and the byte after its last.
    /// </summary>
    public const EbpfRegister Context = R6;
    public const EbpfRegister Start = R7;
    public const EbpfRegister End = R8;

    /// <summary>
    /// Always 0, but the verifier does not know that: it takes a pointer moved by it for a new pointer. So the verifier forgets what a
    /// question found out about the packet's length. A question after one that found 50 bytes then looks the same as after one that did
    /// not.
    /// </summary>
    private const EbpfRegister Nothing = R9;

    /// <summary>Bytes from a packet's first byte to the base of a place, while the base is computed.</summary>
    public const EbpfRegister Moved = R2;

    /// <summary>The base of a place, once its bytes are known to be there.</summary>
    public const EbpfRegister Base = R3;

    /// <summary>
    /// No packet that XDP sees in one piece is longer: it lies in a memory page (net/core/filter.c). Twice this number is less than the
    /// verifier's bound on offsets into packets (MAX_PACKET_OFF, kernel/bpf/verifier.c), and the number itself fits the offset of a load.
    /// </summary>
    public const int MostBytes = 32_000;

    private const int DataAt = 0;
    private const int DataEndAt = 4;

    public EbpfAssembler Code => code;

    /// <summary>Emitted once, before everything else.</summary>
    public void EmitStart()
    {
        code.Move(Context, R1);
        code.Load(EbpfSize.Word, Start, Context, DataAt);
        code.Load(EbpfSize.Word, End, Context, DataEndAt);
        if (hasFragments)
        {
            code.Call(EbpfHelper.BufferLength);
            code.Move(Nothing, R0);
        }
        else
        {
            code.Move(Nothing, End);
            code.Alu(EbpfAlu.Subtract, Nothing, Start);
        }

        code.Store(EbpfSize.Word, R10, XdpStack.Length, Nothing);
        code.Alu(EbpfAlu.ShiftRight, Nothing, 63);
    }

    /// <summary>
    /// Leaves the packet's first byte in <see cref="Base"/>, and continues at <paramref name="fail"/> unless the packet has that many
    /// bytes. Uses R4.
    /// </summary>
    /// <param name="bytes">At most <see cref="MostBytes"/>.</param>
    public void Require(long bytes, int fail) => Require(Nothing, bytes, fail);

    /// <summary>
    /// Leaves the packet's byte at <see cref="Moved"/> in <see cref="Base"/>, and continues at <paramref name="fail"/> unless that many
    /// bytes are there from it on. Uses R4.
    /// </summary>
    /// <param name="bytes">At most <see cref="MostBytes"/>.</param>
    public void RequireAtMoved(long bytes, int fail) => Require(Moved, bytes, fail);

    /// <summary>
    /// Loads an offset from the packet's start into <see cref="Moved"/>, and compares it with a bound so that the verifier knows its range.
    /// </summary>
    public void LoadMoved(int slot, int fail)
    {
        code.Load(EbpfSize.Word, Moved, R10, slot);
        code.JumpIf(EbpfCondition.Greater, Moved, MostBytes, fail);
    }

    /// <summary>Starts counting at the packet's first byte.</summary>
    public void EmitMovedFromStart() => code.Move(Moved, Nothing);

    /// <summary>The packet's length in bytes, all of its pieces together.</summary>
    public void EmitLength(EbpfRegister target) => code.Load(EbpfSize.Word, target, R10, XdpStack.Length);

    private void Require(EbpfRegister moved, long bytes, int fail)
    {
        code.Move(Base, Start);
        code.Alu(EbpfAlu.Add, Base, moved);
        code.Move(R4, Base);
        code.Alu(EbpfAlu.Add, R4, (int)bytes);
        code.JumpIf(EbpfCondition.Greater, R4, End, fail);
    }
}
