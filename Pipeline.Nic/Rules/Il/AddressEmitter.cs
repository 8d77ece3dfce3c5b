using System.Reflection;
using System.Reflection.Emit;
using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Il;

/// <summary>
/// Emits the address of a place's fields: the base, the steps from there, and the check that all bytes of it were captured.
/// </summary>
/// <param name="withProtocol">Whether any place counts from the protocol behind IP.</param>
internal sealed class AddressEmitter(PacketEmitter packet, LoopEmitter loop, bool withProtocol)
{
    private static readonly MethodInfo Locate = typeof(LocatedPacket).GetMethod(nameof(LocatedPacket.LocatePacked))!;
    private static readonly MethodInfo LocateHeaders = typeof(LocatedPacket).GetMethod(nameof(LocatedPacket.LocateHeaders))!;

    private readonly IlBody _il = packet.Il;

    /// <summary>Marks a packet's headers as not located yet. It is emitted once per packet, where any rule needs them.</summary>
    public void EmitForgetHeaders()
    {
        _il.Emit(OpCodes.Ldc_I8, LocatedPacket.NotLocated);
        _il.Emit(OpCodes.Stloc, Headers);
    }

    /// <summary>Emits a place. For a packet without it, the code continues at <paramref name="fail"/>.</summary>
    /// <param name="name">The name of the local, where one is needed.</param>
    /// <returns>The local that holds bytes from the packet's first one to the base; null where the base is the first one.</returns>
    public LocalBuilder? Emit(TuplePlace place, string name, Label fail)
    {
        if (place.Address.IsConstant)
        {
            packet.RequireCaptured(place.End, fail);
            return null;
        }

        var moved = _il.Local(typeof(long), name);
        EmitBase(place.Address.Base, moved, fail);
        foreach (var step in place.Address.Steps) EmitStep(step, moved, fail);
        packet.RequireCaptured(moved, place.End, fail);
        return moved;
    }

    private LocalBuilder Headers => _il.Local(typeof(long), "headers");

    private void EmitBase(FieldBase fieldBase, LocalBuilder moved, Label fail)
    {
        if (fieldBase == FieldBase.L2)
        {
            _il.Emit(OpCodes.Ldc_I8, 0L);
            _il.Emit(OpCodes.Stloc, moved);
            return;
        }

        EmitLocateOnce();
        _il.Emit(OpCodes.Ldloc, Headers);
        if (LocatedPacket.ShiftOf(fieldBase) is > 0 and var shift)
        {
            _il.Emit(OpCodes.Ldc_I4, shift);
            _il.Emit(OpCodes.Shr);
        }

        _il.Emit(OpCodes.Conv_I2);
        _il.Emit(OpCodes.Conv_I8);
        _il.Emit(OpCodes.Stloc, moved);
        _il.Emit(OpCodes.Ldloc, moved);
        _il.Emit(OpCodes.Ldc_I8, 0L);
        _il.Emit(OpCodes.Blt, fail);
    }

    private void EmitLocateOnce()
    {
        var located = _il.Label("located");
        _il.Emit(OpCodes.Ldloc, Headers);
        _il.Emit(OpCodes.Ldc_I8, LocatedPacket.NotLocated);
        _il.Emit(OpCodes.Bne_Un, located);
        loop.LoadLinkType();
        packet.LoadBytes();
        packet.LoadCaptured();
        _il.Call(withProtocol ? Locate : LocateHeaders);
        _il.Emit(OpCodes.Stloc, Headers);
        _il.Mark(located);
    }

    /// <summary>
    /// Moves the base. A value that would move it by 2^31 or more is a mismatch at once: no packet is that long. So the sum stays far from
    /// overflow, however many steps there are.
    /// </summary>
    private void EmitStep(AddressStep step, LocalBuilder moved, Label fail)
    {
        packet.RequireCaptured(moved, (long)step.Offset + step.Width, fail);
        var value = _il.Local(typeof(ulong), "value");
        EmitWideLoad(step.Width, moved, step.Offset);
        _il.Emit(OpCodes.Ldc_I8, unchecked((long)step.Mask));
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Stloc, value);
        if (step.Shift < 0) EmitShift(OpCodes.Shr_Un, value, -step.Shift);
        var largest = step.Shift > 0 ? (ulong)int.MaxValue >> step.Shift : int.MaxValue;
        if ((step.Shift < 0 ? step.Mask >> -step.Shift : step.Mask) > largest)
        {
            _il.Emit(OpCodes.Ldloc, value);
            _il.Emit(OpCodes.Ldc_I8, (long)largest);
            _il.Emit(OpCodes.Bgt_Un, fail);
        }

        if (step.Shift > 0) EmitShift(OpCodes.Shl, value, step.Shift);
        _il.Emit(OpCodes.Ldloc, moved);
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, moved);
    }

    private void EmitShift(OpCode shift, LocalBuilder value, int bits)
    {
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit(OpCodes.Ldc_I4, bits);
        _il.Emit(shift);
        _il.Emit(OpCodes.Stloc, value);
    }

    /// <summary>Pushes 1 to 8 big-endian bytes as 64 bits.</summary>
    private void EmitWideLoad(int width, LocalBuilder moved, long offset)
    {
        if (width == 6)
        {
            EmitWideLoad(4, moved, offset);
            _il.Emit(OpCodes.Ldc_I4, 16);
            _il.Emit(OpCodes.Shl);
            EmitWideLoad(2, moved, offset + 4);
            _il.Emit(OpCodes.Or);
            return;
        }

        packet.PushAddress(moved, offset);
        packet.LoadBigEndian(width);
        if (width < 8) _il.Emit(OpCodes.Conv_U8);
    }
}
