using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Ebpf;

using static EbpfRegister;

/// <summary>Emits the address of a place's fields: the base, the steps from there, and the check that all bytes of it are there.</summary>
internal sealed class XdpAddress(XdpPacket packet)
{
    private readonly EbpfAssembler _code = packet.Code;

    /// <summary>Whether a packet can be long enough for a place.</summary>
    public static bool IsWithinReach(TuplePlace place) =>
        place.End <= XdpPacket.MostBytes && place.Address.Steps.All(s => (long)s.Offset + s.Width <= XdpPacket.MostBytes);

    /// <summary>
    /// Emits a place and leaves its base in <see cref="XdpPacket.Base"/>. For a packet without the place, the program continues at
    /// <paramref name="fail"/>. Uses R2 to R5.
    /// </summary>
    /// <param name="place">Within reach.</param>
    public void Emit(TuplePlace place, int fail)
    {
        if (place.Address.IsConstant)
        {
            packet.Require(place.End, fail);
            return;
        }

        EmitBase(place.Address.Base, fail);
        foreach (var step in place.Address.Steps) EmitStep(step, fail);
        packet.RequireAtMoved(place.End, fail);
    }

    private void EmitBase(FieldBase fieldBase, int fail)
    {
        if (fieldBase == FieldBase.L2) packet.EmitMovedFromStart();
        else packet.LoadMoved(SlotOf(fieldBase), fail);
    }

    private static int SlotOf(FieldBase fieldBase) => fieldBase switch
    {
        FieldBase.L3 => XdpStack.L3,
        FieldBase.Protocol => XdpStack.Protocol,
        FieldBase.Later => XdpStack.Later,
        _ => XdpStack.L4,
    };

    /// <summary>Moves the base. A base beyond the length of any packet fails at once.</summary>
    private void EmitStep(AddressStep step, int fail)
    {
        packet.RequireAtMoved((long)step.Offset + step.Width, fail);
        EmitBigEndian(step.Width, step.Offset);
        _code.And(R4, step.Mask, scratch: R5);
        if (step.Shift < 0) _code.Alu(EbpfAlu.ShiftRight, R4, -step.Shift);
        var most = step.Shift > 0 ? (int)((uint)XdpPacket.MostBytes >> Math.Min(step.Shift, 31)) : XdpPacket.MostBytes;
        _code.JumpIf(EbpfCondition.Greater, R4, most, fail);
        if (step.Shift > 0) _code.Alu(EbpfAlu.ShiftLeft, R4, step.Shift);
        _code.Alu(EbpfAlu.Add, XdpPacket.Moved, R4);
        _code.JumpIf(EbpfCondition.Greater, XdpPacket.Moved, XdpPacket.MostBytes, fail);
    }

    /// <summary>Leaves 1 to 8 bytes from the base on in R4, as a big-endian number.</summary>
    private void EmitBigEndian(int width, int offset)
    {
        switch (width)
        {
            case 1:
                _code.Load(EbpfSize.Byte, R4, XdpPacket.Base, offset);
                break;
            case 6:
                EmitBigEndian(4, offset);
                _code.Alu(EbpfAlu.ShiftLeft, R4, 16);
                _code.Load(EbpfSize.Half, R5, XdpPacket.Base, offset + 4);
                _code.ToBigEndian(R5, 16);
                _code.Alu(EbpfAlu.Or, R4, R5);
                break;
            default:
                _code.Load(SizeOf(width), R4, XdpPacket.Base, offset);
                _code.ToBigEndian(R4, 8 * width);
                break;
        }
    }

    /// <param name="width">1, 2, 4 or 8.</param>
    public static EbpfSize SizeOf(int width) =>
        width switch { 1 => EbpfSize.Byte, 2 => EbpfSize.Half, 4 => EbpfSize.Word, _ => EbpfSize.Double };
}
