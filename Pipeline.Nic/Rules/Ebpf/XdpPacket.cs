namespace Pipeline.Nic.Rules.Ebpf;

using static EbpfRegister;

/// <summary>
/// How a packet's bytes are reached. The verifier lets a program read what it has compared with the packet's end, and no more.
/// </summary>
internal sealed class XdpPacket(EbpfAssembler code)
{
    /// <summary>
    /// What the program was called with (struct xdp_md, linux/bpf.h), and the packet's first byte and the one behind its last.
    /// </summary>
    public const EbpfRegister Context = R6;
    public const EbpfRegister Start = R7;
    public const EbpfRegister End = R8;

    /// <summary>
    /// Always 0, which the verifier does not know: it takes a pointer that was moved by it for another one. So what a question finds out
    /// about the packet's length is forgotten with it, and a question after one that found 50 bytes is the same as after one that did not.
    /// </summary>
    private const EbpfRegister Nothing = R9;

    /// <summary>Bytes from a packet's first one to the base of a place, while it is worked out.</summary>
    public const EbpfRegister Moved = R2;

    /// <summary>The base of a place, once its bytes are known to be there.</summary>
    public const EbpfRegister Base = R3;

    /// <summary>
    /// No packet is longer where XDP sees it in one piece, which is a memory page (net/core/filter.c). Twice as many bytes are less than
    /// the verifier's bound on offsets into packets (MAX_PACKET_OFF, kernel/bpf/verifier.c), and one fits the offset of a load.
    /// </summary>
    public const int MostBytes = 32_000;

    private const int DataAt = 0;
    private const int DataEndAt = 4;

    public EbpfAssembler Code => code;

    /// <summary>Once, first.</summary>
    public void EmitStart()
    {
        code.Move(Context, R1);
        code.Load(EbpfSize.Word, Start, Context, DataAt);
        code.Load(EbpfSize.Word, End, Context, DataEndAt);
        EmitLength(Nothing);
        code.Alu(EbpfAlu.ShiftRight, Nothing, 63);
    }

    /// <summary>
    /// Leaves the packet's first byte in <see cref="Base"/> and goes on at <paramref name="fail"/> unless the packet has that many bytes.
    /// Uses R4.
    /// </summary>
    /// <param name="bytes">At most <see cref="MostBytes"/>.</param>
    public void Require(long bytes, int fail) => Require(Nothing, bytes, fail);

    /// <summary>
    /// Leaves the packet's byte at <see cref="Moved"/> in <see cref="Base"/> and goes on at <paramref name="fail"/> unless that many bytes
    /// are there from it on. Uses R4.
    /// </summary>
    /// <param name="bytes">At most <see cref="MostBytes"/>.</param>
    public void RequireAtMoved(long bytes, int fail) => Require(Moved, bytes, fail);

    /// <summary>
    /// Loads bytes into <see cref="Moved"/> that count from the packet's start, and makes the verifier see that they are few.
    /// </summary>
    public void LoadMoved(int slot, int fail)
    {
        code.Load(EbpfSize.Word, Moved, R10, slot);
        code.JumpIf(EbpfCondition.Greater, Moved, MostBytes, fail);
    }

    /// <summary>Starts to count at the packet's first byte.</summary>
    public void EmitMovedFromStart() => code.Move(Moved, Nothing);

    /// <summary>The packet's bytes, as a number.</summary>
    public void EmitLength(EbpfRegister target)
    {
        code.Move(target, End);
        code.Alu(EbpfAlu.Subtract, target, Start);
    }

    private void Require(EbpfRegister moved, long bytes, int fail)
    {
        code.Move(Base, Start);
        code.Alu(EbpfAlu.Add, Base, moved);
        code.Move(R4, Base);
        code.Alu(EbpfAlu.Add, R4, (int)bytes);
        code.JumpIf(EbpfCondition.Greater, R4, End, fail);
    }
}
