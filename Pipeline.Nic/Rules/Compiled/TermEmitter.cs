using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;

namespace Pipeline.Nic.Rules.Compiled;

/// <summary>
/// Emits the terms of a rule. A mismatch jumps to the rule's label. Terms at constant offsets share one bounds check, which is all
/// right because they are a conjunction: if any reads too far, the rule does not match.
/// </summary>
internal sealed class TermEmitter(PacketEmitter packet)
{
    private static readonly FieldInfo L3Field = typeof(MarkState).GetField(nameof(MarkState.L3))!;
    private static readonly FieldInfo L4Field = typeof(MarkState).GetField(nameof(MarkState.L4))!;

    private readonly IlBody _il = packet.Il;

    public void Emit(IReadOnlyList<Term> terms, Label fail)
    {
        if (terms.Any(t => !t.CanMatch))
        {
            _il.Emit(OpCodes.Br, fail);
            return;
        }

        var constant = terms.Where(t => t.Address.IsConstant).ToList();
        if (constant.Count > 0) packet.RequireCaptured(constant.Max(t => (long)t.Address.Offset + t.Width), fail);
        foreach (var term in terms)
        {
            _il.Comment(term.ToString());
            if (term.Address.IsConstant) EmitComparison(term, null, fail);
            else EmitComparison(term, EmitMovedBase(term, fail), fail);
        }
    }

    /// <summary>
    /// Whether a rule compares one field at a constant offset and nothing else, so that rules on the same field can share its load.
    /// </summary>
    public static bool ComparesOneField(MarkRule rule, [NotNullWhen(true)] out Term? field)
    {
        field = rule is TermRule { Terms: [var only] } && only.CanMatch && only.Address.IsConstant && only.Mask != 0 && only.Width != 6 ? only : null;
        return field is not null;
    }

    /// <summary>Leaves a field at a constant offset, masked and in the machine's byte order, in a local.</summary>
    public LocalBuilder EmitField(Term term, Label fail)
    {
        packet.RequireCaptured((long)term.Address.Offset + term.Width, fail);
        var field = _il.Local(term.Width == 8 ? typeof(ulong) : typeof(uint), "field");
        EmitMasked(term.Width, term.Mask, null, term.Address.Offset);
        _il.Emit(OpCodes.Stloc, field);
        return field;
    }

    /// <summary>Compares a field that was loaded before with a term's value.</summary>
    public void EmitComparison(LocalBuilder field, Term term, Label fail)
    {
        _il.Comment(term.ToString());
        _il.Emit(OpCodes.Ldloc, field);
        EmitConstant(term.Width, term.Value);
        _il.Emit(OpCodes.Bne_Un, fail);
    }

    /// <summary>Leaves the moved base in a local, and checks that the term's bytes behind it are there.</summary>
    private LocalBuilder EmitMovedBase(Term term, Label fail)
    {
        var moved = _il.Local(typeof(long), "base");
        EmitBase(term.Address.Base, moved, fail);
        foreach (var step in term.Address.Steps) EmitStep(step, moved, fail);
        packet.RequireCaptured(moved, (long)term.Address.Offset + term.Width, fail);
        return moved;
    }

    private void EmitBase(FieldBase fieldBase, LocalBuilder moved, Label fail)
    {
        if (fieldBase == FieldBase.L2)
        {
            _il.Emit(OpCodes.Ldc_I8, 0L);
            _il.Emit(OpCodes.Stloc, moved);
            return;
        }

        packet.LoadState();
        _il.Emit(OpCodes.Ldfld, fieldBase == FieldBase.L3 ? L3Field : L4Field);
        _il.Emit(OpCodes.Conv_I8);
        _il.Emit(OpCodes.Stloc, moved);
        _il.Emit(OpCodes.Ldloc, moved);
        _il.Emit(OpCodes.Ldc_I8, 0L);
        _il.Emit(OpCodes.Blt, fail);
    }

    /// <summary>
    /// Moves the base. A value that would move it by 2^31 or more is a mismatch at once: no packet is that long, and the sum stays
    /// far from overflow however many steps there are.
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

    /// <summary>Compares in the machine's byte order: the constants are turned around here, so that the packet's bytes need not be.</summary>
    private void EmitComparison(Term term, LocalBuilder? moved, Label fail)
    {
        if (term.Mask == 0) return;
        if (term.Width != 6)
        {
            EmitComparison(term.Width, term.Mask, term.Value, moved, term.Address.Offset, fail);
            return;
        }

        EmitComparison(4, term.Mask >> 16, term.Value >> 16, moved, term.Address.Offset, fail);
        EmitComparison(2, term.Mask & 0xffff, term.Value & 0xffff, moved, term.Address.Offset + 4L, fail);
    }

    private void EmitComparison(int width, ulong mask, ulong value, LocalBuilder? moved, long offset, Label fail)
    {
        if (mask == 0) return;
        EmitMasked(width, mask, moved, offset);
        EmitConstant(width, value);
        _il.Emit(OpCodes.Bne_Un, fail);
    }

    private void EmitMasked(int width, ulong mask, LocalBuilder? moved, long offset)
    {
        if (moved is null) packet.PushAddress(offset);
        else packet.PushAddress(moved, offset);
        packet.LoadNative(width);
        if (mask == ulong.MaxValue >> (64 - (8 * width))) return;
        EmitConstant(width, mask);
        _il.Emit(OpCodes.And);
    }

    private void EmitConstant(int width, ulong bigEndian)
    {
        var native = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(bigEndian) >> (64 - (8 * width)) : bigEndian;
        if (width == 8) _il.Emit(OpCodes.Ldc_I8, unchecked((long)native));
        else _il.Emit(OpCodes.Ldc_I4, unchecked((int)(uint)native));
    }
}
