using System.Reflection.Emit;

namespace Pipeline.Nic.Rules.Il;

/// <summary>
/// Emits a range of rules as one method. For each packet:
/// <list type="number">
/// <item>The questions for rules without <c>continue</c>, in the order of the first rule that each could find. The lowest rule found
/// so far ends the search as soon as no question is left that could find a lower one.</item>
/// <item>The questions for rules with <c>continue</c> that could find one before that rule.</item>
/// <item>The rules found are written on the packet in the order of the rules, and counted.</item>
/// </list>
/// Guards are rules without <c>continue</c> before all others. They are tried even on a packet that the device marked. No rule's condition
/// depends on another rule's outcome, so the questions can be asked in any order.
/// </summary>
internal sealed class RangeEmitter
{
    private readonly RuleRange _range;
    private readonly bool _hasGuards;
    private readonly IlBody _il;
    private readonly LoopEmitter _loop;
    private readonly QuestionEmitter _questions;
    private readonly OutcomeEmitter _outcome;

    /// <param name="isLast">Whether no range follows.</param>
    /// <param name="isFlat">Whether packets are looked up and written without a branch. Only for one table and without guards.</param>
    public RangeEmitter(IlBody il, RuleRange range, RangeTables tables, bool isLast, bool isFlat = false)
    {
        _il = il;
        _range = range;
        _hasGuards = tables.Conditions > 0;
        _loop = new LoopEmitter(il, takesPending: range.First > 0);
        var packet = new PacketEmitter(il);
        _questions = new QuestionEmitter(range, tables, packet, _loop, isFlat);
        _outcome = new OutcomeEmitter(range, tables, packet, _loop, _questions, isLast, isFlat);
    }

    public void Emit()
    {
        var isFirst = _range.First == 0;
        var device = _il.Label("device");
        _questions.EmitPrologue();
        _loop.EmitBegin(TouchedBytes.Of(_range));
        if (isFirst) _outcome.EmitFresh(device);
        if (isFirst && _hasGuards) EmitGuarded(device);
        else EmitUnguarded();
        if (isFirst) _outcome.EmitMarkedByDevice(device);
    }

    /// <summary>Emits only the questions to a packet.</summary>
    public void EmitQuestions() => _questions.Emit();

    private void EmitUnguarded()
    {
        _questions.Emit();
        _outcome.Emit();
        _loop.EmitEnd();
        _outcome.EmitReturn();
    }

    private void EmitGuarded(Label device)
    {
        var kept = _il.Label("kept");
        _questions.Emit(() => _outcome.EmitAfterGuards(device));
        _outcome.EmitJumpIfKept(kept);
        _outcome.Emit();
        _loop.EmitEnd();
        _outcome.EmitReturn();
        _outcome.EmitKept(kept);
    }
}
