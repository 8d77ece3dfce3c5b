using System.Reflection.Emit;
using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Il;

/// <summary>Emits a range's questions to a packet. <see cref="OutcomeEmitter"/> emits the consequences of the answers.</summary>
/// <param name="isFlat">Whether the code has no branch. Only for one table.</param>
internal sealed class QuestionEmitter(RuleRange range, RangeTables tables, PacketEmitter packet, LoopEmitter loop, bool isFlat)
{
    private readonly IlBody _il = packet.Il;
    private readonly TupleEmitter _tuples = new(packet, new AddressEmitter(packet, loop, range.UsesProtocol));

    /// <summary>0-based place of the rule that ends the search, or <see cref="KeyTable.None"/>.</summary>
    public LocalBuilder Best { get; } = packet.Il.Local(typeof(uint), "best");

    /// <summary>The starts of the lists of rules with <c>continue</c> that were found.</summary>
    public LocalBuilder Found => _il.Local(typeof(int*), "found");

    /// <summary>The number of those lists.</summary>
    public LocalBuilder FoundCount => _il.Local(typeof(int), "foundCount");

    /// <summary>Emitted once for all packets: reserves room on the stack for the results of questions.</summary>
    public void EmitPrologue()
    {
        if (range.Continuing.Count == 0) return;
        _il.Emit(OpCodes.Ldc_I4, sizeof(int) * range.Continuing.Count);
        _il.Emit(OpCodes.Conv_U);
        _il.Emit(OpCodes.Localloc);
        _il.Emit(OpCodes.Stloc, Found);
    }

    /// <param name="emitAfterGuards">
    /// Called at the point where no question that could find a guard is left and no guard has been found; null where there are no guards.
    /// </param>
    public void Emit(Action? emitAfterGuards = null)
    {
        if (range.Probes.Any(p => p is TupleProbe { Tuple.UsesHeaders: true })) _tuples.EmitForgetHeaders();
        EmitFinals(emitAfterGuards);
        if (range.Continuing.Count > 0) EmitContinuing();
    }

    private void EmitFinals(Action? emitAfterGuards)
    {
        var decided = _il.Label("decided");
        _il.Set(Best, unchecked((int)KeyTable.None));
        for (var i = 0; i < range.Finals.Count; i++)
        {
            var probe = range.Finals[i];
            if (probe.Lowest >= tables.Conditions) EmitEndOfGuards(ref emitAfterGuards, decided);
            _il.Comment($"from rule {RuleAt(probe)}: {probe}");
            var next = _il.Label("next");
            if (i > 0) EmitSkipFrom(probe, decided);
            if (probe is FilterProbe filter) EmitFilter(filter, (uint)filter.Lowest, Best, next);
            else EmitFinal((TupleProbe)probe, isFirst: i == 0, next);
            _il.Mark(next);
        }

        EmitEndOfGuards(ref emitAfterGuards, decided);
        _il.Mark(decided);
    }

    private int RuleAt(Probe probe) => probe.Lowest - tables.Conditions + 1;

    private void EmitEndOfGuards(ref Action? emitAfterGuards, Label kept)
    {
        if (emitAfterGuards is null) return;
        EmitSkipFrom(tables.Conditions, kept);
        emitAfterGuards();
        emitAfterGuards = null;
    }

    /// <summary>Skips from this question on, if the rule found comes before all that this question or a later one could find.</summary>
    private void EmitSkipFrom(Probe probe, Label to) => EmitSkipFrom(probe.Lowest, to);

    private void EmitSkipFrom(int place, Label to)
    {
        _il.Emit(OpCodes.Ldloc, Best);
        _il.Emit(OpCodes.Ldc_I4, place);
        _il.Emit(OpCodes.Blt_Un, to);
    }

    private void EmitFilter(FilterProbe probe, uint value, LocalBuilder into, Label fail)
    {
        var match = _il.Label("match");
        if (probe.Program is { } program) new CbpfEmitter(packet).Emit(program, match, fail);
        else EmitCall(probe, fail);
        _il.Mark(match);
        _il.Set(into, unchecked((int)value));
    }

    private void EmitCall(FilterProbe probe, Label fail)
    {
        loop.LoadTarget();
        _il.Emit(OpCodes.Ldc_I4, probe.Lowest - tables.Conditions);
        packet.LoadBytes();
        packet.LoadCaptured();
        packet.LoadWireLength();
        _il.Call(CalledFilters.Match);
        _il.Emit(OpCodes.Brfalse, fail);
    }

    private void EmitFinal(TupleProbe probe, bool isFirst, Label next)
    {
        _tuples.Emit(probe, tables.ValuesOf(probe), tables.TableOf(probe), next, isSieved: !isFlat);
        if (!isFirst)
        {
            _il.Emit(OpCodes.Ldloc, _tuples.Hit);
            _il.Emit(OpCodes.Ldloc, Best);
            _il.Emit(OpCodes.Bge_Un, next);
        }

        _il.Emit(OpCodes.Ldloc, _tuples.Hit);
        _il.Emit(OpCodes.Stloc, Best);
    }

    private void EmitContinuing()
    {
        var asked = _il.Label("asked");
        _il.Set(FoundCount, 0);
        foreach (var probe in range.Continuing)
        {
            _il.Comment($"from rule {RuleAt(probe)}, continue: {probe}");
            var next = _il.Label("next");
            EmitSkipFrom(probe, asked);
            if (probe is FilterProbe filter) EmitFilter(filter, tables.ListOf(filter), _tuples.Hit, next);
            else _tuples.Emit((TupleProbe)probe, tables.ValuesOf((TupleProbe)probe), tables.TableOf((TupleProbe)probe), next);
            EmitAddFound();
            _il.Mark(next);
        }

        _il.Mark(asked);
    }

    /// <summary>Writes the result after those found before, and keeps it there unless nothing was found.</summary>
    private void EmitAddFound()
    {
        _il.Emit(OpCodes.Ldloc, Found);
        _il.Emit(OpCodes.Ldloc, FoundCount);
        _il.ToElement(sizeof(int));
        _il.Emit(OpCodes.Ldloc, _tuples.Hit);
        _il.Emit(OpCodes.Stind_I4);
        _il.Emit(OpCodes.Ldloc, FoundCount);
        _il.Emit(OpCodes.Ldloc, _tuples.Hit);
        _il.Emit(OpCodes.Ldc_I4, unchecked((int)KeyTable.None));
        _il.Emit(OpCodes.Ceq);
        _il.Emit(OpCodes.Ldc_I4, 1);
        _il.Emit(OpCodes.Xor);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, FoundCount);
    }
}
