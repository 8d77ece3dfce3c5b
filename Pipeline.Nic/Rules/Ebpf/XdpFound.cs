namespace Pipeline.Nic.Rules.Ebpf;

using static EbpfRegister;

/// <summary>Notes on the stack which rule a question has found, unless a better one has been found before.</summary>
internal sealed class XdpFound(EbpfAssembler code)
{
    /// <summary>A value of a tuple's map: the rule's 1-based place, and the bits of a mark that it sets and keeps.</summary>
    public const int ValueBytes = 12;

    /// <param name="index">0-based.</param>
    public void Emit(int index, MarkRule rule)
    {
        var worse = code.NewLabel();
        code.Comment($"rule {index + 1} {rule.Name}".TrimEnd());
        code.Load(EbpfSize.Word, R1, R10, XdpStack.Found);
        code.JumpIf32(EbpfCondition.LessOrEqual, R1, (uint)index + 1, worse);
        Note(XdpStack.Found, (uint)index + 1);
        Note(XdpStack.Sets, rule.Mark & rule.MarkMask);
        Note(XdpStack.Keeps, ~rule.MarkMask);
        code.Place(worse);
    }

    /// <summary>Of the value that R0 points at. Goes on at <paramref name="worse"/> where a better rule was found before.</summary>
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

    public static void WriteValue(Span<byte> value, int index, MarkRule rule)
    {
        BitConverter.TryWriteBytes(value, (uint)index + 1);
        BitConverter.TryWriteBytes(value[4..], rule.Mark & rule.MarkMask);
        BitConverter.TryWriteBytes(value[8..], ~rule.MarkMask);
    }

    private void Note(int slot, uint value)
    {
        code.Set(R1, value);
        code.Store(EbpfSize.Word, R10, slot, R1);
    }
}
