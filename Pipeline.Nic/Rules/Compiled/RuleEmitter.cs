using System.Reflection;
using System.Reflection.Emit;
using Pipeline.Nic.Rules.Cbpf;

namespace Pipeline.Nic.Rules.Compiled;

/// <summary>Emits rules one behind the other: the condition, and what follows from a match.</summary>
internal sealed class RuleEmitter(PacketEmitter packet)
{
    private static readonly MethodInfo Record = typeof(MarkState).GetMethod(nameof(MarkState.Record))!;

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

    /// <summary>Emits rules that follow each other and compare the same field: it is loaded once for all of them.</summary>
    /// <param name="first">1-based place of the first of them.</param>
    public void EmitGroup(ReadOnlySpan<MarkRule> rules, int first)
    {
        var after = _il.Label("after");
        TermEmitter.ComparesOneField(rules[0], out var shared);
        var field = _terms.EmitField(shared!, after);
        for (var i = 0; i < rules.Length; i++)
        {
            _il.Comment($"rule {first + i} {rules[i].Name}");
            var next = _il.Label("next");
            TermEmitter.ComparesOneField(rules[i], out var term);
            _terms.EmitComparison(field, term!, next);
            EmitMatch(rules[i], first + i);
            _il.Mark(next);
        }

        _il.Mark(after);
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
        if (!rule.Continue)
        {
            _il.Emit(OpCodes.Ldc_I4, number);
            _il.Emit(OpCodes.Ret);
            return;
        }

        packet.LoadState();
        packet.LoadCounts();
        packet.LoadCaptured();
        _il.Emit(OpCodes.Ldc_I4, number);
        _il.Emit(OpCodes.Ldc_I4, unchecked((int)rule.Mark));
        _il.Emit(OpCodes.Ldc_I4, unchecked((int)rule.MarkMask));
        _il.Call(Record);
    }
}
