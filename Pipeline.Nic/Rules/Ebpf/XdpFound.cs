namespace Pipeline.Nic.Rules.Ebpf;

using static EbpfRegister;

/// <summary>Writes the rule that a question has found to the stack, unless a better one was found before.</summary>
/// <param name="rules">The rules that questions ask for.</param>
internal sealed class XdpFound(EbpfAssembler code, XdpRules rules)
{
    /// <summary>A value of a tuple's map: the rule's number, and the bits of a mark that it sets and keeps.</summary>
    public const int ValueBytes = 12;

    /// <param name="index">The rule's 0-based index.</param>
    public void Emit(int index)
    {
        var (rule, number) = (rules[index], rules.NumberOf(index));
        var worse = code.NewLabel();
        code.Comment($"{rules.Kind} {number} {rule.Name}".TrimEnd());
        code.Load(EbpfSize.Word, R1, R10, XdpStack.Found);
        code.JumpIf32(EbpfCondition.LessOrEqual, R1, number, worse);
        Note(XdpStack.Found, number);
        Note(XdpStack.Sets, rule.Mark & rule.MarkMask);
        Note(XdpStack.Keeps, ~rule.MarkMask);
        code.Place(worse);
    }

    /// <summary>
    /// Emits it for the map's value that R0 points at. Continues at <paramref name="worse"/> where a better rule was found before.
    /// </summary>
    public void EmitFromMap(int worse)
    {
        code.Load(EbpfSize.Word, R1, R0, 0);
        code.Load(EbpfSize.Word, R2, R10, XdpStack.Found);
        code.JumpIf32(EbpfCondition.LessOrEqual, R2, R1, worse);
        code.Store(EbpfSize.Word, R10, XdpStack.Found, R1);
        code.Load(EbpfSize.Word, R1, R0, 4);
        code.Store(EbpfSize.Word, R10, XdpStack.Sets, R1);
        code.Load(EbpfSize.Word, R1, R0, 8);
        code.Store(EbpfSize.Word, R10, XdpStack.Keeps, R1);
    }

    public void WriteValue(Span<byte> value, int index)
    {
        var rule = rules[index];
        BitConverter.TryWriteBytes(value, rules.NumberOf(index));
        BitConverter.TryWriteBytes(value[4..], rule.Mark & rule.MarkMask);
        BitConverter.TryWriteBytes(value[8..], ~rule.MarkMask);
    }

    private void Note(int slot, uint value)
    {
        code.Set(R1, value);
        code.Store(EbpfSize.Word, R10, slot, R1);
    }
}
