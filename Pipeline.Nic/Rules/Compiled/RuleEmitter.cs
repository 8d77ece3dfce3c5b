using System.Reflection;
using System.Reflection.Emit;
using Pipeline.Nic.Rules.Cbpf;

namespace Pipeline.Nic.Rules.Compiled;

/// <summary>Emits rules one behind the other: the condition, and what a match writes and counts.</summary>
internal sealed class RuleEmitter(PacketEmitter packet)
{
    private static readonly FieldInfo MarkField = typeof(MarkState).GetField(nameof(MarkState.Mark))!;
    private static readonly FieldInfo RuleField = typeof(MarkState).GetField(nameof(MarkState.Rule))!;
    private static readonly FieldInfo MatchedField = typeof(MarkState).GetField(nameof(MarkState.Matched))!;

    private readonly IlBody _il = packet.Il;
    private readonly TermEmitter _terms = new(packet);

    /// <param name="number">1-based place in the rule set.</param>
    /// <param name="filter">A filter rule's program for this link type; null when it has none, and for other rules.</param>
    public void Emit(MarkRule rule, int number, CbpfProgram? filter)
    {
        _il.Comment($"rule {number} {rule.Name}");
        if (rule is FilterRule && filter is null) return;
        var next = _il.Label("next");
        if (rule is TermRule terms) _terms.Emit(terms.Terms, next);
        else EmitFilter(filter!, next);
        EmitMatch(rule, number);
        _il.Mark(next);
    }

    public void EmitEnd()
    {
        _il.Emit(OpCodes.Ldc_I4, 0);
        _il.Emit(OpCodes.Ret);
    }

    private void EmitFilter(CbpfProgram filter, Label next)
    {
        var match = _il.Label("match");
        new CbpfEmitter(packet).Emit(filter, match, next);
        _il.Mark(match);
    }

    private void EmitMatch(MarkRule rule, int number)
    {
        EmitCount(2L * number, () => _il.Emit(OpCodes.Ldc_I8, 1L));
        EmitCount((2L * number) + 1, packet.LoadCaptured);
        EmitMark(rule);
        packet.LoadState();
        _il.Emit(OpCodes.Ldc_I4, number);
        _il.Emit(OpCodes.Stfld, RuleField);
        EmitMatched();
        if (rule.Continue) return;
        _il.Emit(OpCodes.Ldc_I4, 1);
        _il.Emit(OpCodes.Ret);
    }

    private void EmitCount(long index, Action pushAmount)
    {
        packet.LoadCounts();
        _il.Emit(OpCodes.Ldc_I8, index * sizeof(long));
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Dup);
        _il.Emit(OpCodes.Ldind_I8);
        pushAmount();
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stind_I8);
    }

    private void EmitMark(MarkRule rule)
    {
        packet.LoadState();
        if (rule.MarkMask != uint.MaxValue)
        {
            packet.LoadState();
            _il.Emit(OpCodes.Ldfld, MarkField);
            _il.Emit(OpCodes.Ldc_I4, unchecked((int)~rule.MarkMask));
            _il.Emit(OpCodes.And);
        }

        _il.Emit(OpCodes.Ldc_I4, unchecked((int)(rule.Mark & rule.MarkMask)));
        if (rule.MarkMask != uint.MaxValue) _il.Emit(OpCodes.Or);
        _il.Emit(OpCodes.Stfld, MarkField);
    }

    private void EmitMatched()
    {
        packet.LoadState();
        packet.LoadState();
        _il.Emit(OpCodes.Ldfld, MatchedField);
        _il.Emit(OpCodes.Ldc_I4, 1);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stfld, MatchedField);
    }
}
