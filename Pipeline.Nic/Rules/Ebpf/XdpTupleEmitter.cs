using Pipeline.Nic.Rules.Compiled;

namespace Pipeline.Nic.Rules.Ebpf;

using static EbpfRegister;

/// <summary>Emits the question of a tuple: its bits are loaded once, and compared or looked up in a map.</summary>
/// <param name="found">Told of each rule that a comparison finds.</param>
internal sealed class XdpTupleEmitter(XdpPacket packet, XdpFound found, List<EbpfMap> maps)
{
    private readonly EbpfAssembler _code = packet.Code;
    private readonly XdpAddress _address = new(packet);

    /// <param name="next">Where it goes on when no rule of the tuple matches.</param>
    /// <param name="hit">Where it goes on when one does, after it was noted.</param>
    public void Emit(TupleProbe probe, IReadOnlyList<MarkRule> rules, int next, int hit)
    {
        if (probe.Tuple.IsWide || probe.Tuple.Words.Count == 0) EmitConjunction(probe, rules, next, hit);
        else if (probe.IsCompared) EmitComparisons(probe, rules, next, hit);
        else EmitLookup(probe, rules, next, hit);
    }

    /// <summary>A key that is too long to be put together, or none: field by field. Such a tuple has one rule.</summary>
    private void EmitConjunction(TupleProbe probe, IReadOnlyList<MarkRule> rules, int next, int hit)
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
                EmitJumpUnless(R5, entry.Key.Words[word] >> shift & AllOf(field.Width), next);
                shift += 8 * field.Width;
                index++;
            }
        }

        found.Emit(entry.Rules[0], rules[entry.Rules[0]]);
        _code.Jump(hit);
    }

    private void EmitComparisons(TupleProbe probe, IReadOnlyList<MarkRule> rules, int next, int hit)
    {
        EmitKey(probe.Tuple, next);
        foreach (var entry in probe.Entries)
        {
            var other = _code.NewLabel();
            for (var word = 0; word < entry.Key.Words.Length; word++)
            {
                _code.Load(EbpfSize.Double, R1, R10, XdpStack.Key + (8 * word));
                EmitJumpUnless(R1, entry.Key.Words[word], other);
            }

            found.Emit(entry.Rules[0], rules[entry.Rules[0]]);
            _code.Jump(hit);
            _code.Place(other);
        }

        _code.Jump(next);
    }

    private void EmitLookup(TupleProbe probe, IReadOnlyList<MarkRule> rules, int next, int hit)
    {
        EmitKey(probe.Tuple, next);
        _code.SetToMap(R1, maps.Count);
        maps.Add(MapOf(probe, rules, maps.Count));
        _code.Move(R2, R10);
        _code.Alu(EbpfAlu.Add, R2, XdpStack.Key);
        _code.Call(EbpfHelper.MapLookup);
        _code.JumpIf(EbpfCondition.Equal, R0, 0, next);
        found.EmitFromMap(next);
        _code.Jump(hit);
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

    /// <summary>Loads a field's bits as this machine does, which is how keys have them. Uses R4.</summary>
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

    private static EbpfMap MapOf(TupleProbe probe, IReadOnlyList<MarkRule> rules, int number)
    {
        var words = probe.Tuple.Words.Count;
        var keys = new byte[probe.Entries.Count * words * sizeof(ulong)];
        var values = new byte[probe.Entries.Count * XdpFound.ValueBytes];
        for (var i = 0; i < probe.Entries.Count; i++)
        {
            var entry = probe.Entries[i];
            for (var word = 0; word < words; word++) BitConverter.TryWriteBytes(keys.AsSpan(sizeof(ulong) * ((i * words) + word)), entry.Key.Words[word]);
            XdpFound.WriteValue(values.AsSpan(i * XdpFound.ValueBytes), entry.Rules[0], rules[entry.Rules[0]]);
        }

        return new EbpfMap($"tuple{number}", EbpfMapType.Hash, words * sizeof(ulong), XdpFound.ValueBytes, probe.Entries.Count, keys, values);
    }

    private static ulong AllOf(int width) => ulong.MaxValue >> (64 - (8 * width));
}
