using System.Reflection.Emit;
using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Il;

/// <summary>
/// Emits the question of a tuple: its key is read from the packet, and then compared with a few keys or looked up in a table. Most packets
/// match none, so their path is the short one.
/// </summary>
internal sealed class TupleEmitter(PacketEmitter packet, AddressEmitter addresses)
{
    private readonly IlBody _il = packet.Il;

    /// <summary>Leaves the value of the packet's key, or rarely <see cref="KeyTable.None"/>, in the local <see cref="Hit"/>.</summary>
    /// <param name="values">For each of the probe's entries, its result.</param>
    /// <param name="table">Holds the same; null where the keys are compared.</param>
    /// <param name="fail">The label to continue at for a packet that is known not to match.</param>
    /// <param name="isSieved">Whether a table's sieve is tested before its slots.</param>
    public void Emit(TupleProbe probe, uint[] values, KeyTable? table, Label fail, bool isSieved = true)
    {
        var bases = EmitPlaces(probe.Tuple, fail);
        if (probe.Tuple.IsWide)
        {
            EmitWide(probe, values[0], bases, fail);
            return;
        }

        EmitKey(probe.Tuple, bases);
        if (table is null) EmitComparisons(probe, values, fail);
        else
        {
            if (isSieved) EmitSieve(probe.Tuple, table, fail);
            EmitLookup(probe.Tuple, table);
        }
    }

    /// <inheritdoc cref="AddressEmitter.EmitForgetHeaders"/>
    public void EmitForgetHeaders() => addresses.EmitForgetHeaders();

    public LocalBuilder Hit => _il.Local(typeof(uint), "hit");

    /// <returns>For each field the base that it counts from.</returns>
    private List<LocalBuilder?> EmitPlaces(RuleTuple tuple, Label fail)
    {
        List<LocalBuilder?> bases = [];
        for (var i = 0; i < tuple.Places.Count; i++)
        {
            var moved = addresses.Emit(tuple.Places[i], "base" + i, fail);
            bases.AddRange(Enumerable.Repeat(moved, tuple.Places[i].Fields.Count));
        }

        return bases;
    }

    private void EmitKey(RuleTuple tuple, List<LocalBuilder?> bases)
    {
        for (var word = 0; word < tuple.Words.Count; word++)
        {
            var shift = 0;
            var first = tuple.Words[word].First;
            for (var i = first; i < tuple.Words[word].End; shift += 8 * tuple.Fields[i++].Width)
            {
                EmitMasked(tuple.Fields[i], bases[i]);
                if (!tuple.IsNarrow && tuple.Fields[i].Width < 8) _il.Emit(OpCodes.Conv_U8);
                if (i == first) continue;
                _il.Emit(OpCodes.Ldc_I4, shift);
                _il.Emit(OpCodes.Shl);
                _il.Emit(OpCodes.Or);
            }

            _il.Emit(OpCodes.Stloc, Key(tuple, word));
        }
    }

    private void EmitMasked(TupleField field, LocalBuilder? moved)
    {
        if (moved is null) packet.PushAddress(field.Offset);
        else packet.PushAddress(moved, field.Offset);
        packet.LoadNative(field.Width);
        if (field.Mask == ulong.MaxValue >> (64 - (8 * field.Width))) return;
        EmitConstant(field.Width == 8, RuleTuple.Native(field, field.Mask));
        _il.Emit(OpCodes.And);
    }

    private LocalBuilder Key(RuleTuple tuple, int word) =>
        tuple.IsNarrow ? _il.Local(typeof(uint), "key") : _il.Local(typeof(ulong), "key" + word);

    private void EmitComparisons(TupleProbe probe, uint[] values, Label fail)
    {
        var found = _il.Label("found");
        for (var i = 0; i < values.Length; i++)
        {
            var other = i == values.Length - 1 ? fail : _il.Label("other");
            EmitComparison(probe.Tuple, probe.Entries[i].Key, other);
            EmitHit(values[i]);
            if (i == values.Length - 1) continue;
            _il.Emit(OpCodes.Br, found);
            _il.Mark(other);
        }

        _il.Mark(found);
    }

    private void EmitComparison(RuleTuple tuple, TupleKey key, Label unequal)
    {
        if (tuple.Words.Count == 0) return;
        for (var word = 0; word < tuple.Words.Count; word++)
        {
            _il.Emit(OpCodes.Ldloc, Key(tuple, word));
            EmitConstant(!tuple.IsNarrow, key[word]);
            if (tuple.Words.Count > 1) _il.Emit(OpCodes.Xor);
            if (word > 0) _il.Emit(OpCodes.Or);
        }

        _il.Emit(tuple.Words.Count > 1 ? OpCodes.Brtrue : OpCodes.Bne_Un, unequal);
    }

    private void EmitHit(uint value)
    {
        _il.Emit(OpCodes.Ldc_I4, unchecked((int)value));
        _il.Emit(OpCodes.Stloc, Hit);
    }

    /// <summary>Reads both slots, without testing which one has the key.</summary>
    private void EmitLookup(RuleTuple tuple, KeyTable table)
    {
        EmitSlot(tuple, table, table.First, "slot1");
        EmitSlot(tuple, table, table.Second, "slot2");
        EmitOutcome(tuple, table, "slot1");
        EmitOutcome(tuple, table, "slot2");
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Stloc, Hit);
    }

    /// <summary>Rules out nearly all keys that are not in the table.</summary>
    private void EmitSieve(RuleTuple tuple, KeyTable table, Label fail)
    {
        var bit = _il.Local(typeof(long), "bit");
        EmitHash(tuple, table, table.First, table.SieveShift);
        _il.Emit(OpCodes.Stloc, bit);
        _il.PushPointer(table.SieveAddress);
        _il.Emit(OpCodes.Ldloc, bit);
        _il.Emit(OpCodes.Ldc_I4, 6);
        _il.Emit(OpCodes.Shr_Un);
        _il.ToElement(sizeof(ulong));
        _il.Emit(OpCodes.Ldind_I8);
        EmitConstant(isLong: true, 1);
        _il.Emit(OpCodes.Ldloc, bit);
        _il.Emit(OpCodes.Conv_I4);
        _il.Emit(OpCodes.Ldc_I4, 63);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Shl);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Brfalse, fail);
    }

    private void EmitHash(RuleTuple tuple, KeyTable table, ulong[] multipliers, int shift)
    {
        for (var word = 0; word < tuple.Words.Count; word++)
        {
            _il.Emit(OpCodes.Ldloc, Key(tuple, word));
            if (tuple.IsNarrow) _il.Emit(OpCodes.Conv_U8);
            if (table.Skipped[word] > 0)
            {
                _il.Emit(OpCodes.Ldc_I4, table.Skipped[word]);
                _il.Emit(OpCodes.Shr_Un);
            }

            EmitConstant(isLong: true, multipliers[word]);
            _il.Emit(OpCodes.Mul);
            if (word > 0) _il.Emit(OpCodes.Add);
        }

        _il.Emit(OpCodes.Ldc_I4, shift);
        _il.Emit(OpCodes.Shr_Un);
    }

    private void EmitSlot(RuleTuple tuple, KeyTable table, ulong[] multipliers, string name)
    {
        _il.PushPointer(table.Address);
        EmitHash(tuple, table, multipliers, table.Shift);
        _il.ToElement(table.SlotBytes);
        _il.Emit(OpCodes.Stloc, _il.Local(typeof(byte*), name));
    }

    /// <summary>Pushes a slot's value where its key is the packet's, otherwise all ones.</summary>
    private void EmitOutcome(RuleTuple tuple, KeyTable table, string name)
    {
        var slot = _il.Local(typeof(byte*), name);
        for (var word = 0; word < tuple.Words.Count; word++)
        {
            EmitSlotLoad(slot, 8 * word, tuple.IsNarrow ? OpCodes.Ldind_U4 : OpCodes.Ldind_I8);
            _il.Emit(OpCodes.Ldloc, Key(tuple, word));
            _il.Emit(OpCodes.Xor);
            if (word > 0) _il.Emit(OpCodes.Or);
        }

        EmitConstant(!tuple.IsNarrow, 0);
        _il.Emit(OpCodes.Ceq);
        _il.Emit(OpCodes.Ldc_I4, 1);
        _il.Emit(OpCodes.Sub);
        EmitSlotLoad(slot, table.ValueAt, OpCodes.Ldind_U4);
        _il.Emit(OpCodes.Or);
    }

    private void EmitSlotLoad(LocalBuilder slot, int offset, OpCode load)
    {
        _il.Emit(OpCodes.Ldloc, slot);
        if (offset > 0)
        {
            _il.Emit(OpCodes.Ldc_I4, offset);
            _il.Emit(OpCodes.Add);
        }

        _il.Emit(load);
    }

    /// <summary>Compares the fields of one rule with many terms, one by one. The first that differs ends it.</summary>
    private void EmitWide(TupleProbe probe, uint value, List<LocalBuilder?> bases, Label fail)
    {
        var (tuple, key) = (probe.Tuple, probe.Entries[0].Key);
        for (var word = 0; word < tuple.Words.Count; word++)
        {
            var rest = key[word];
            for (var i = tuple.Words[word].First; i < tuple.Words[word].End; i++)
            {
                var field = tuple.Fields[i];
                EmitMasked(field, bases[i]);
                EmitConstant(field.Width == 8, rest & (ulong.MaxValue >> (64 - (8 * field.Width))));
                _il.Emit(OpCodes.Bne_Un, fail);
                rest = field.Width == 8 ? 0 : rest >> (8 * field.Width);
            }
        }

        EmitHit(value);
    }

    private void EmitConstant(bool isLong, ulong value)
    {
        if (isLong) _il.Emit(OpCodes.Ldc_I8, unchecked((long)value));
        else _il.Emit(OpCodes.Ldc_I4, unchecked((int)(uint)value));
    }
}
