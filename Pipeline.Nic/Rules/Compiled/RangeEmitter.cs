using System.Reflection;
using System.Reflection.Emit;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Rules.Compiled;

/// <summary>
/// Emits a range of rules as one method. For each packet:
/// <list type="number">
/// <item>The questions for rules without <c>continue</c>, in the order of the first rule that each could find. The lowest rule found
/// so far ends the search as soon as no question is left that could find a lower one.</item>
/// <item>The questions for rules with <c>continue</c> that could find one before that rule.</item>
/// <item>What was found is written on the packet in the order of the rules, and counted.</item>
/// </list>
/// A rule's outcome is nobody else's condition, so the questions can be asked in any order.
/// </summary>
internal sealed class RangeEmitter
{
    private static readonly MethodInfo Record = typeof(RuleHits).GetMethod(nameof(RuleHits.Record))!;
    private static readonly MethodInfo RecordContinued = typeof(RuleHits).GetMethod(nameof(RuleHits.RecordContinued))!;
    private static readonly MethodInfo CountMarkedByDevice = typeof(RuleHits).GetMethod(nameof(RuleHits.CountMarkedByDevice))!;
    private static readonly FieldInfo RuleAndFlags = PacketEmitter.Field(nameof(Packet.RuleAndFlags));

    private readonly RuleRange _range;
    private readonly RangeTables _tables;
    private readonly IlBody _il;
    private readonly PacketEmitter _packet;
    private readonly LoopEmitter _loop;
    private readonly AddressEmitter _addresses;
    private readonly TupleEmitter _tuples;
    private readonly LocalBuilder _best;
    private readonly bool _isFirst;
    private readonly bool _isLast;

    /// <param name="isLast">Whether no range follows.</param>
    public RangeEmitter(IlBody il, RuleRange range, RangeTables tables, bool isLast)
    {
        _il = il;
        _range = range;
        _tables = tables;
        _isFirst = range.First == 0;
        _isLast = isLast;
        _loop = new LoopEmitter(il, takesPending: !_isFirst);
        _packet = new PacketEmitter(il);
        _addresses = new AddressEmitter(_packet, _loop);
        _tuples = new TupleEmitter(_packet, _addresses);
        _best = il.Local(typeof(uint), "best");
    }

    // A packet that only one rule can have marked needs its descriptor written once.
    private bool MarksOnce => _isFirst && _isLast && _range.Continuing.Count == 0;

    public void Emit()
    {
        var device = _il.Label("device");
        if (_range.Continuing.Count > 0) EmitRoomForFound();
        _loop.EmitBegin(TouchedBytes.Of(_range));
        if (_isFirst) EmitFresh(device);
        if (_range.Finals.Concat(_range.Continuing).Any(p => p is TupleProbe { Tuple.UsesHeaders: true })) _addresses.EmitForgetHeaders();
        EmitFinals();
        if (_range.Continuing.Count > 0) EmitContinuing();
        if (MarksOnce) EmitMarkOnce();
        else EmitMark();
        _loop.EmitEnd();
        EmitReturn();
        if (_isFirst) EmitMarkedByDevice(device);
    }

    /// <summary>Only what is asked of a packet, without what follows from the answers.</summary>
    public void EmitQuestions()
    {
        EmitFinals();
        if (_range.Continuing.Count > 0) EmitContinuing();
    }

    /// <summary>A packet that the device marked is counted; on others what an earlier set of rules wrote is taken off.</summary>
    private void EmitFresh(Label device)
    {
        _packet.LoadPacket();
        _il.Emit(OpCodes.Ldfld, RuleAndFlags);
        _il.Emit(OpCodes.Ldc_I4, unchecked((int)Packet.FlagBits(PacketFlags.MarkedByDevice)));
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Brtrue, device);
        if (MarksOnce) return;
        _packet.LoadPacket();
        _il.Emit(OpCodes.Ldc_I4, 0);
        _il.Emit(OpCodes.Stfld, PacketEmitter.Field(nameof(Packet.Mark)));
        _packet.LoadPacket();
        PushKeptFlags();
        _il.Emit(OpCodes.Stfld, RuleAndFlags);
    }

    private void PushKeptFlags()
    {
        _packet.LoadPacket();
        _il.Emit(OpCodes.Ldfld, RuleAndFlags);
        _il.Emit(OpCodes.Ldc_I4, unchecked((int)Packet.FlagBits(~PacketFlags.SeveralRules)));
        _il.Emit(OpCodes.And);
    }

    private void EmitFinals()
    {
        var decided = _il.Label("decided");
        _loop.Set(_best, unchecked((int)KeyTable.None));
        for (var i = 0; i < _range.Finals.Count; i++)
        {
            var probe = _range.Finals[i];
            _il.Comment($"from rule {probe.Lowest + 1}: {probe}");
            var next = _il.Label("next");
            if (i > 0) EmitSkipFrom(probe, decided);
            if (probe is FilterProbe filter) EmitFilter(filter, (uint)filter.Lowest, _best, next);
            else EmitFinal((TupleProbe)probe, next);
            _il.Mark(next);
        }

        _il.Mark(decided);
    }

    /// <summary>Nothing that this question or a later one could find comes before what was found.</summary>
    private void EmitSkipFrom(Probe probe, Label to)
    {
        _il.Emit(OpCodes.Ldloc, _best);
        _il.Emit(OpCodes.Ldc_I4, probe.Lowest);
        _il.Emit(OpCodes.Blt_Un, to);
    }

    private void EmitFilter(FilterProbe probe, uint value, LocalBuilder into, Label fail)
    {
        var match = _il.Label("match");
        new CbpfEmitter(_packet).Emit(probe.Program, match, fail);
        _il.Mark(match);
        _loop.Set(into, unchecked((int)value));
    }

    private void EmitFinal(TupleProbe probe, Label next)
    {
        _tuples.Emit(probe, _tables.ValuesOf(probe), _tables.TableOf(probe), next);
        _il.Emit(OpCodes.Ldloc, _tuples.Hit);
        _il.Emit(OpCodes.Ldloc, _best);
        _il.Emit(OpCodes.Bge_Un, next);
        _il.Emit(OpCodes.Ldloc, _tuples.Hit);
        _il.Emit(OpCodes.Stloc, _best);
    }

    private LocalBuilder Found => _il.Local(typeof(int*), "found");

    private LocalBuilder FoundCount => _il.Local(typeof(int), "foundCount");

    /// <summary>On the stack, once for all packets: what each question with <c>continue</c> may find.</summary>
    private void EmitRoomForFound()
    {
        _il.Emit(OpCodes.Ldc_I4, sizeof(int) * _range.Continuing.Count);
        _il.Emit(OpCodes.Conv_U);
        _il.Emit(OpCodes.Localloc);
        _il.Emit(OpCodes.Stloc, Found);
    }

    private void EmitContinuing()
    {
        var (asked, done) = (_il.Label("asked"), _il.Label("done"));
        _loop.Set(FoundCount, 0);
        foreach (var probe in _range.Continuing)
        {
            _il.Comment($"from rule {probe.Lowest + 1}, continue: {probe}");
            var next = _il.Label("next");
            EmitSkipFrom(probe, asked);
            if (probe is FilterProbe filter) EmitFilter(filter, _tables.ListOf(filter), _tuples.Hit, next);
            else _tuples.Emit((TupleProbe)probe, _tables.ValuesOf((TupleProbe)probe), _tables.TableOf((TupleProbe)probe), next);
            EmitAddFound();
            _il.Mark(next);
        }

        _il.Mark(asked);
        _il.Emit(OpCodes.Ldloc, FoundCount);
        _il.Emit(OpCodes.Brfalse, done);
        EmitRecordContinued();
        _il.Mark(done);
    }

    /// <summary>Writes it behind those found before, and keeps it there unless it was nothing.</summary>
    private void EmitAddFound()
    {
        _il.Emit(OpCodes.Ldloc, Found);
        _il.Emit(OpCodes.Ldloc, FoundCount);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Ldc_I4, sizeof(int));
        _il.Emit(OpCodes.Mul);
        _il.Emit(OpCodes.Add);
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

    private void EmitRecordContinued()
    {
        _packet.LoadPacket();
        _il.Emit(OpCodes.Ldloc, Found);
        _il.Emit(OpCodes.Ldloc, FoundCount);
        _il.Emit(OpCodes.Ldloc, _best);
        PushPointer(_tables.Lists);
        PushPointer(_tables.Marks);
        _loop.LoadCounts();
        _il.Call(RecordContinued);
    }

    private void PushPointer(nint address)
    {
        _il.Emit(OpCodes.Ldc_I8, (long)address);
        _il.Emit(OpCodes.Conv_U);
    }

    private LocalBuilder Number => _il.Local(typeof(int), "number");

    private LocalBuilder Unmatched => _il.Local(typeof(long), "unmatched");

    private LocalBuilder UnmatchedBytes => _il.Local(typeof(long), "unmatchedBytes");

    /// <summary>What <see cref="RuleHits.Record"/> does, where the packet's descriptor says nothing yet.</summary>
    private void EmitMarkOnce()
    {
        var nothing = _il.Label("nothing");
        EmitJumpIfNone(nothing);
        PushNumber();
        _il.Emit(OpCodes.Stloc, Number);
        EmitMarkAndRule(PushMark, () => _il.Emit(OpCodes.Ldloc, Number));
        EmitCount();
        _il.Emit(OpCodes.Br, _loop.Next);
        _il.Mark(nothing);
        EmitMarkAndRule(() => _il.Emit(OpCodes.Ldc_I4, 0), () => _il.Emit(OpCodes.Ldc_I4, 0));
        EmitUnmatched();
    }

    private void EmitMarkAndRule(Action pushMark, Action pushRule)
    {
        _packet.LoadPacket();
        pushMark();
        _il.Emit(OpCodes.Stfld, PacketEmitter.Field(nameof(Packet.Mark)));
        _packet.LoadPacket();
        PushKeptFlags();
        pushRule();
        _il.Emit(OpCodes.Or);
        _il.Emit(OpCodes.Stfld, RuleAndFlags);
    }

    private void PushMark()
    {
        PushPointer(_tables.Marks);
        PushScaledNumber(2 * sizeof(uint));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldind_U4);
    }

    private void EmitJumpIfNone(Label to)
    {
        _il.Emit(OpCodes.Ldloc, _best);
        _il.Emit(OpCodes.Ldc_I4, unchecked((int)KeyTable.None));
        _il.Emit(OpCodes.Beq, to);
    }

    /// <summary>Pushes the 1-based place of the rule found.</summary>
    private void PushNumber()
    {
        _il.Emit(OpCodes.Ldloc, _best);
        _il.Emit(OpCodes.Ldc_I4, 1);
        _il.Emit(OpCodes.Add);
    }

    private void PushScaledNumber(int size)
    {
        _il.Emit(OpCodes.Ldloc, Number);
        _il.Emit(OpCodes.Conv_U8);
        _il.Emit(OpCodes.Ldc_I8, (long)size);
        _il.Emit(OpCodes.Mul);
        _il.Emit(OpCodes.Conv_U);
    }

    private void EmitCount()
    {
        var counter = _il.Local(typeof(long*), "counter");
        _loop.LoadCounts();
        PushScaledNumber(2 * sizeof(long));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, counter);
        EmitAdd(counter, 0, () => _il.Emit(OpCodes.Ldc_I8, 1L));
        EmitAdd(counter, sizeof(long), _packet.LoadCaptured);
    }

    private void EmitAdd(LocalBuilder pointer, int offset, Action pushWhat)
    {
        PushCell();
        PushCell();
        _il.Emit(OpCodes.Ldind_I8);
        pushWhat();
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stind_I8);

        void PushCell()
        {
            _il.Emit(OpCodes.Ldloc, pointer);
            if (offset == 0) return;
            _il.Emit(OpCodes.Ldc_I4, offset);
            _il.Emit(OpCodes.Add);
        }
    }

    private void EmitUnmatched()
    {
        _il.Emit(OpCodes.Ldloc, Unmatched);
        _il.Emit(OpCodes.Ldc_I8, 1L);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, Unmatched);
        _il.Emit(OpCodes.Ldloc, UnmatchedBytes);
        _packet.LoadCaptured();
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, UnmatchedBytes);
    }

    /// <summary>Of a packet that more than one rule may have marked, here or in another range.</summary>
    private void EmitMark()
    {
        var undecided = _il.Label("undecided");
        EmitJumpIfNone(undecided);
        _packet.LoadPacket();
        PushNumber();
        PushPointer(_tables.Marks);
        _loop.LoadCounts();
        _il.Call(Record);
        _il.Emit(OpCodes.Br, _loop.Next);
        _il.Mark(undecided);
        if (_isLast) EmitUnmatchedUnlessContinued();
        else EmitPending();
    }

    private void EmitUnmatchedUnlessContinued()
    {
        _packet.LoadPacket();
        _il.Emit(OpCodes.Ldfld, RuleAndFlags);
        _il.Emit(OpCodes.Ldc_I4, Packet.MaxRules);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Brtrue, _loop.Next);
        EmitUnmatched();
    }

    private LocalBuilder PendingCount => _il.Local(typeof(int), "pendingCount");

    private void EmitPending()
    {
        _loop.LoadPending();
        _il.Emit(OpCodes.Ldloc, PendingCount);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Ldc_I4, sizeof(int));
        _il.Emit(OpCodes.Mul);
        _il.Emit(OpCodes.Add);
        _loop.LoadIndex();
        _il.Emit(OpCodes.Stind_I4);
        _loop.Increment(PendingCount);
    }

    private void EmitReturn()
    {
        if (_isLast)
        {
            var counter = _il.Local(typeof(long*), "counter");
            _loop.LoadCounts();
            _il.Emit(OpCodes.Stloc, counter);
            EmitAdd(counter, 0, () => _il.Emit(OpCodes.Ldloc, Unmatched));
            EmitAdd(counter, sizeof(long), () => _il.Emit(OpCodes.Ldloc, UnmatchedBytes));
        }

        _il.Emit(OpCodes.Ldloc, PendingCount);
        _il.Emit(OpCodes.Ret);
    }

    private void EmitMarkedByDevice(Label device)
    {
        _il.Mark(device);
        _packet.LoadPacket();
        _loop.LoadCounts();
        _il.Emit(OpCodes.Ldc_I4, _tables.Rules);
        _il.Call(CountMarkedByDevice);
        _il.Emit(OpCodes.Br, _loop.Next);
    }
}
