using System.Reflection;
using System.Reflection.Emit;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Rules.Il;

/// <summary>
/// Emits the consequences of a range's answers: it writes marks and rules on the packet, counts hits, and passes on undecided packets.
/// </summary>
/// <param name="isLast">Whether no range follows.</param>
/// <param name="isFlat">Whether the code has no branch. Only for one table and without guards.</param>
internal sealed class OutcomeEmitter(
    RuleRange range, RangeTables tables, PacketEmitter packet, LoopEmitter loop, QuestionEmitter questions, bool isLast, bool isFlat)
{
    private static readonly MethodInfo Record = typeof(RuleHits).GetMethod(nameof(RuleHits.Record))!;
    private static readonly MethodInfo RecordContinued = typeof(RuleHits).GetMethod(nameof(RuleHits.RecordContinued))!;
    private static readonly MethodInfo CountMarkedByDevice = typeof(RuleHits).GetMethod(nameof(RuleHits.CountMarkedByDevice))!;
    private static readonly MethodInfo KeepOut =
        typeof(RuleHits).GetMethod(nameof(RuleHits.KeepOut), [typeof(Packet*), typeof(uint), typeof(int*), typeof(int), typeof(long*)])!;
    private static readonly FieldInfo RuleAndFlags = PacketEmitter.Field(nameof(Packet.RuleAndFlags));

    private readonly IlBody _il = packet.Il;

    // If only one rule can have marked a packet, its descriptor is written only once.
    private bool MarksOnce => range.First == 0 && isLast && range.Continuing.Count == 0;

    private LocalBuilder Number => _il.Local(typeof(int), "number");

    private LocalBuilder Unmatched => _il.Local(typeof(long), "unmatched");

    private LocalBuilder UnmatchedBytes => _il.Local(typeof(long), "unmatchedBytes");

    private LocalBuilder PendingCount => _il.Local(typeof(int), "pendingCount");

    /// <summary>
    /// Emitted before the questions of the first range: a packet that the device marked is not asked, and any earlier mark of the others is
    /// removed. Where there are guards, this is done after their questions.
    /// </summary>
    public void EmitFresh(Label device)
    {
        if (tables.Conditions == 0) EmitUnlessMarkedByDevice(device);
    }

    /// <summary>Emitted after the questions of the guards, for a packet that no guard matched.</summary>
    public void EmitAfterGuards(Label device) => EmitUnlessMarkedByDevice(device);

    /// <summary>Emitted after all questions.</summary>
    public void EmitJumpIfKept(Label kept)
    {
        _il.Emit(OpCodes.Ldloc, questions.Best);
        _il.Emit(OpCodes.Ldc_I4, tables.Conditions);
        _il.Emit(OpCodes.Blt_Un, kept);
    }

    /// <summary>Emitted outside the path of the other packets.</summary>
    public void EmitKept(Label kept)
    {
        _il.Mark(kept);
        packet.LoadPacket();
        _il.Emit(OpCodes.Ldloc, questions.Best);
        _il.PushPointer(tables.Guards);
        _il.Emit(OpCodes.Ldc_I4, tables.Rules);
        loop.LoadCounts();
        _il.Call(KeepOut);
        _il.Emit(OpCodes.Br, loop.Next);
    }

    private void EmitUnlessMarkedByDevice(Label device)
    {
        packet.LoadField(nameof(Packet.RuleAndFlags));
        _il.Emit(OpCodes.Ldc_I4, unchecked((int)Packet.FlagBits(PacketFlags.MarkedByDevice)));
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Brtrue, device);
        if (!MarksOnce) EmitMarkAndRule(PushZero, PushZero);
    }

    /// <summary>Emitted after the questions.</summary>
    public void Emit()
    {
        if (MarksOnce)
        {
            EmitMarkOnce();
            return;
        }

        if (range.Continuing.Count > 0) EmitRecordContinued();
        EmitRecord();
    }

    /// <summary>Emitted after all packets.</summary>
    public void EmitReturn()
    {
        if (isLast)
        {
            EmitAddToCounts(PushZero, () => _il.Emit(OpCodes.Ldloc, Unmatched), () => _il.Emit(OpCodes.Ldloc, UnmatchedBytes));
        }

        _il.Emit(OpCodes.Ldloc, PendingCount);
        _il.Emit(OpCodes.Ret);
    }

    /// <summary>Emitted outside the path of the other packets.</summary>
    public void EmitMarkedByDevice(Label device)
    {
        _il.Mark(device);
        packet.LoadPacket();
        loop.LoadCounts();
        _il.Emit(OpCodes.Ldc_I4, tables.Rules);
        _il.Call(CountMarkedByDevice);
        _il.Emit(OpCodes.Br, loop.Next);
    }

    /// <summary>
    /// Does the work of <see cref="RuleHits.Record"/> for a packet whose descriptor has no mark yet. <see cref="KeyTable.None"/> plus one
    /// is 0, which stands for no rule: its mark is empty, and it counts unmatched packets.
    /// </summary>
    private void EmitMarkOnce()
    {
        var nothing = _il.Label("nothing");
        if (!isFlat) EmitJumpIfNone(nothing);
        PushFoundNumber();
        _il.Emit(OpCodes.Stloc, Number);
        EmitMarkAndRule(PushMark, PushNumber);
        EmitAddToCounts(PushNumber, () => _il.Emit(OpCodes.Ldc_I8, 1L), packet.LoadCaptured);
        if (isFlat) return;
        _il.Emit(OpCodes.Br, loop.Next);
        _il.Mark(nothing);
        EmitMarkAndRule(PushZero, PushZero);
        EmitUnmatched();
    }

    /// <summary>
    /// Writes a mark and a rule's number on the packet. Flags stay, except those that say that several rules matched or that none was
    /// tried.
    /// </summary>
    private void EmitMarkAndRule(Action pushMark, Action pushNumber)
    {
        packet.LoadPacket();
        pushMark();
        _il.Emit(OpCodes.Stfld, PacketEmitter.Field(nameof(Packet.Mark)));
        packet.LoadPacket();
        packet.LoadField(nameof(Packet.RuleAndFlags));
        _il.Emit(OpCodes.Ldc_I4, unchecked((int)Packet.FlagBits(~(PacketFlags.SeveralRules | PacketFlags.KeptOut))));
        _il.Emit(OpCodes.And);
        pushNumber();
        _il.Emit(OpCodes.Or);
        _il.Emit(OpCodes.Stfld, RuleAndFlags);
    }

    private void PushZero() => _il.Emit(OpCodes.Ldc_I4, 0);

    private void PushNumber() => _il.Emit(OpCodes.Ldloc, Number);

    /// <summary>Pushes the 1-based number of the rule found.</summary>
    private void PushFoundNumber()
    {
        PushFoundPlace();
        _il.Emit(OpCodes.Ldc_I4, 1);
        _il.Emit(OpCodes.Add);
    }

    /// <summary>Pushes the 0-based place of the rule found. If there is none, pushes a number greater than any place.</summary>
    private void PushFoundPlace()
    {
        _il.Emit(OpCodes.Ldloc, questions.Best);
        if (tables.Conditions == 0) return;
        _il.Emit(OpCodes.Ldc_I4, tables.Conditions);
        _il.Emit(OpCodes.Sub);
    }

    private void PushMark()
    {
        _il.PushPointer(tables.Marks);
        PushNumber();
        _il.ToElement(2 * sizeof(uint));
        _il.Emit(OpCodes.Ldind_U4);
    }

    private void EmitJumpIfNone(Label to)
    {
        _il.Emit(OpCodes.Ldloc, questions.Best);
        _il.Emit(OpCodes.Ldc_I4, unchecked((int)KeyTable.None));
        _il.Emit(OpCodes.Beq, to);
    }

    private void EmitAddToCounts(Action pushNumber, Action pushPackets, Action pushBytes)
    {
        var counter = _il.Local(typeof(long*), "counter");
        loop.LoadCounts();
        pushNumber();
        _il.ToElement(2 * sizeof(long));
        _il.Emit(OpCodes.Stloc, counter);
        EmitAdd(() => _il.Emit(OpCodes.Ldloc, counter), pushPackets);
        EmitAdd(PushBytesCounter, pushBytes);

        void PushBytesCounter()
        {
            _il.Emit(OpCodes.Ldloc, counter);
            _il.Emit(OpCodes.Ldc_I4, sizeof(long));
            _il.Emit(OpCodes.Add);
        }
    }

    private void EmitAdd(Action pushAddress, Action pushValue)
    {
        pushAddress();
        pushAddress();
        _il.Emit(OpCodes.Ldind_I8);
        pushValue();
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stind_I8);
    }

    /// <summary>Counts unmatched packets in registers, and in memory only once for all packets: most match nothing.</summary>
    private void EmitUnmatched()
    {
        _il.Emit(OpCodes.Ldloc, Unmatched);
        _il.Emit(OpCodes.Ldc_I8, 1L);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, Unmatched);
        _il.Emit(OpCodes.Ldloc, UnmatchedBytes);
        packet.LoadCaptured();
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, UnmatchedBytes);
    }

    private void EmitRecordContinued()
    {
        var none = _il.Label("none");
        _il.Emit(OpCodes.Ldloc, questions.FoundCount);
        _il.Emit(OpCodes.Brfalse, none);
        packet.LoadPacket();
        _il.Emit(OpCodes.Ldloc, questions.Found);
        _il.Emit(OpCodes.Ldloc, questions.FoundCount);
        PushFoundPlace();
        _il.PushPointer(tables.Lists);
        _il.PushPointer(tables.Marks);
        loop.LoadCounts();
        _il.Call(RecordContinued);
        _il.Mark(none);
    }

    /// <summary>Records the matches of a packet that several rules might have marked, here or in another range.</summary>
    private void EmitRecord()
    {
        var undecided = _il.Label("undecided");
        EmitJumpIfNone(undecided);
        packet.LoadPacket();
        PushFoundNumber();
        _il.PushPointer(tables.Marks);
        loop.LoadCounts();
        _il.Call(Record);
        _il.Emit(OpCodes.Br, loop.Next);
        _il.Mark(undecided);
        if (isLast) EmitUnmatchedUnlessContinued();
        else EmitPending();
    }

    private void EmitUnmatchedUnlessContinued()
    {
        packet.LoadField(nameof(Packet.RuleAndFlags));
        _il.Emit(OpCodes.Ldc_I4, Packet.MaxRules);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Brtrue, loop.Next);
        EmitUnmatched();
    }

    private void EmitPending()
    {
        loop.LoadPending();
        _il.Emit(OpCodes.Ldloc, PendingCount);
        _il.ToElement(sizeof(int));
        loop.LoadIndex();
        _il.Emit(OpCodes.Stind_I4);
        _il.Increment(PendingCount);
    }
}
