using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Ebpf;

using static EbpfRegister;

/// <summary>Emits the question of a tuple: its bits are loaded once, and compared or looked up in a map.</summary>
/// <param name="found">Gets each rule that a comparison finds.</param>
/// <param name="maps">The program's maps. Tuples add theirs.</param>
internal sealed class XdpTupleEmitter(XdpPacket packet, XdpFound found, XdpSieves sieves, List<EbpfMap> maps)
{
    private readonly EbpfAssembler _code = packet.Code;
    private readonly XdpAddress _address = new(packet);

    /// <param name="next">The label to continue at when no rule of the tuple matches.</param>
    /// <param name="hit">The label to continue at when one does, after it was noted.</param>
    public void Emit(TupleProbe probe, int next, int hit)
    {
        if (probe.Tuple.IsWide || probe.Tuple.Words.Count == 0) EmitConjunction(probe, next, hit);
        else if (probe.IsCompared) EmitComparisons(probe, next, hit);
        else EmitLookup(probe, next, hit);
    }

    /// <summary>Compares field by field: the key is too long to be built, or there is none. Such a tuple has one rule.</summary>
    private void EmitConjunction(TupleProbe probe, int next, int hit)
    {
        var entry = probe.Entries[0];
        var tuple = probe.Tuple;
        var word = 0;
        var (shift, index) = (0, 0);
        foreach (var place in tuple.Places)
        {
            _address.Emit(place, next);
            foreach (var field in place.Fields)
            {
                if (index == tuple.Words[word].End) (word, shift) = (word + 1, 0);
                EmitField(field, R5);
                EmitJumpUnless(R5, entry.Key[word] >> shift & AllOf(field.Width), next);
                shift += 8 * field.Width;
                index++;
            }
        }

        found.Emit(entry.First);
        _code.Jump(hit);
    }

    private void EmitComparisons(TupleProbe probe, int next, int hit)
    {
        EmitKey(probe.Tuple, next);
        foreach (var entry in probe.Entries)
        {
            var other = _code.NewLabel();
            for (var word = 0; word < entry.Key.Count; word++)
            {
                _code.Load(EbpfSize.Double, R1, R10, XdpStack.Key + (8 * word));
                EmitJumpUnless(R1, entry.Key[word], other);
            }

            found.Emit(entry.First);
            _code.Jump(hit);
            _code.Place(other);
        }

        _code.Jump(next);
    }

    private void EmitLookup(TupleProbe probe, int next, int hit)
    {
        EmitKey(probe.Tuple, next);
        EmitSieve(sieves.Of(probe.Entries), next);
        _code.SetToMap(R1, maps.Count);
        maps.Add(MapOf(probe));
        _code.Move(R2, R10);
        _code.Alu(EbpfAlu.Add, R2, XdpStack.Key);
        _code.Call(EbpfHelper.MapLookup);
        _code.JumpIf(EbpfCondition.Equal, R0, 0, next);
        found.EmitFromMap(next);
        _code.Jump(hit);
    }

    /// <summary>Continues at <paramref name="next"/> where the key's bit is not set.</summary>
    private void EmitSieve(XdpSieve sieve, int next)
    {
        for (var word = 0; word < sieve.Multipliers.Length; word++)
        {
            var product = word == 0 ? R1 : R2;
            _code.Load(EbpfSize.Double, product, R10, XdpStack.Key + (8 * word));
            _code.Set(R4, sieve.Multipliers[word]);
            _code.Alu(EbpfAlu.Multiply, product, R4);
            if (word > 0) _code.Alu(EbpfAlu.Add, R1, R2);
        }

        _code.Alu(EbpfAlu.ShiftRight, R1, sieve.Shift);
        _code.Move(R2, R1);
        _code.Alu(EbpfAlu.ShiftRight, R2, 3);
        _code.SetToMapValue(R3, sieve.Map, sieve.Offset);
        _code.Alu(EbpfAlu.Add, R3, R2);
        _code.Load(EbpfSize.Byte, R2, R3, 0);
        _code.Alu(EbpfAlu.And, R1, 7);
        _code.Alu(EbpfAlu.ShiftRight, R2, R1);
        _code.Alu(EbpfAlu.And, R2, 1);
        _code.JumpIf(EbpfCondition.Equal, R2, 0, next);
    }

    /// <summary>Puts the key's words on the stack. R1 collects a word.</summary>
    private void EmitKey(RuleTuple tuple, int next)
    {
        var (word, shift, index) = (0, 0, 0);
        foreach (var place in tuple.Places)
        {
            _address.Emit(place, next);
            foreach (var field in place.Fields)
            {
                EmitField(field, shift == 0 ? R1 : R5);
                if (shift > 0)
                {
                    _code.Alu(EbpfAlu.ShiftLeft, R5, shift);
                    _code.Alu(EbpfAlu.Or, R1, R5);
                }

                shift += 8 * field.Width;
                if (++index < tuple.Words[word].End) continue;
                _code.Store(EbpfSize.Double, R10, XdpStack.Key + (8 * word), R1);
                (word, shift) = (word + 1, 0);
            }
        }
    }

    /// <summary>Loads a field's bits in this machine's byte order, as keys have them. Uses R4.</summary>
    private void EmitField(TupleField field, EbpfRegister target)
    {
        _code.Load(XdpAddress.SizeOf(field.Width), target, XdpPacket.Base, (int)field.Offset);
        var mask = RuleTuple.Native(field, field.Mask);
        if (mask != AllOf(field.Width)) _code.And(target, mask, scratch: R4);
    }

    private void EmitJumpUnless(EbpfRegister register, ulong value, int label)
    {
        if (value <= int.MaxValue)
        {
            _code.JumpIf(EbpfCondition.NotEqual, register, (int)value, label);
            return;
        }

        _code.Set(R4, value);
        _code.JumpIf(EbpfCondition.NotEqual, register, R4, label);
    }

    private EbpfMap MapOf(TupleProbe probe)
    {
        var words = probe.Tuple.Words.Count;
        var keys = new byte[probe.Entries.Count * words * sizeof(ulong)];
        var values = new byte[probe.Entries.Count * XdpFound.ValueBytes];
        for (var i = 0; i < probe.Entries.Count; i++)
        {
            var entry = probe.Entries[i];
            for (var word = 0; word < words; word++)
                BitConverter.TryWriteBytes(keys.AsSpan(sizeof(ulong) * ((i * words) + word)), entry.Key[word]);
            found.WriteValue(values.AsSpan(i * XdpFound.ValueBytes), entry.First);
        }

        return new EbpfMap(
            $"tuple{maps.Count}", EbpfMapType.Hash, words * sizeof(ulong), XdpFound.ValueBytes, probe.Entries.Count, keys, values);
    }

    private static ulong AllOf(int width) => ulong.MaxValue >> (64 - (8 * width));
}
