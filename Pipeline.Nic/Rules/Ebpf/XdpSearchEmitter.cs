using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Ebpf;

using static EbpfRegister;

/// <summary>
/// Emits the questions of all stretches of rules, and the consequences of their answers: the mark, and the rules' numbers.
/// </summary>
/// <param name="hits">Gets the rules found, where several can match a packet; null where at most one can.</param>
internal sealed class XdpSearchEmitter(XdpPacket packet, XdpRules rules, XdpSieves sieves, List<EbpfMap> maps, XdpHits? hits = null)
{
    private readonly EbpfAssembler _code = packet.Code;
    private readonly XdpFound _found = new(packet.Code, rules);
    private readonly XdpFilterEmitter _filters = new(packet);
    private readonly XdpTupleEmitter _tuples = new(packet, new XdpFound(packet.Code, rules), sieves, maps);

    /// <summary>Nothing has marked the packet yet.</summary>
    public void EmitStart()
    {
        _code.Set(R1, 0u);
        foreach (var slot in (int[])[XdpStack.Mark, XdpStack.Rule, XdpStack.Several]) _code.Store(EbpfSize.Word, R10, slot, R1);
        hits?.EmitStart();
    }

    /// <param name="decided">
    /// The label to continue at when a rule without <c>continue</c> matched. Otherwise the program continues after the emitted code.
    /// </param>
    public void Emit(XdpSegment segment, int decided)
    {
        if (segment.Continues)
        {
            foreach (var probe in segment.Probes) EmitContinuing(probe);
            return;
        }

        var none = _code.NewLabel();
        EmitSearch(segment.Probes, none);
        EmitApply();
        _code.Jump(decided);
        _code.Place(none);
    }

    /// <summary>Emits guards. For a packet that one of them matches the program continues at <paramref name="kept"/>.</summary>
    /// <param name="place">The place after which guards are counted. The guard's own is on the stack then.</param>
    public void EmitGuards(XdpSegment segment, int place, int kept)
    {
        var none = _code.NewLabel();
        EmitSearch(segment.Probes, none);
        _code.Alu32(EbpfAlu.Add, R1, place);
        _code.Store(EbpfSize.Word, R10, XdpStack.Place, R1);
        _code.Jump(kept);
        _code.Place(none);
    }

    /// <param name="next">The label to continue at when no rule of the question matches.</param>
    /// <param name="hit">The label to continue at when one does, after it was noted.</param>
    public void EmitQuestion(Probe probe, int next, int hit)
    {
        _code.Comment(probe.ToString()!);
        if (probe is TupleProbe tuple)
        {
            _tuples.Emit(tuple, next, hit);
            return;
        }

        var match = _code.NewLabel();
        _filters.Emit(((FilterProbe)probe).Program!, match, next);
        _code.Place(match);
        _found.Emit(probe.Lowest);
        _code.Jump(hit);
    }

    /// <summary>Searches for the best rule and leaves it in R1. Questions that could only find worse rules are skipped.</summary>
    private void EmitSearch(List<Probe> probes, int none)
    {
        var searched = _code.NewLabel();
        EmitForget();
        foreach (var probe in probes)
        {
            var next = _code.NewLabel();
            if (probe != probes[0])
            {
                _code.Load(EbpfSize.Word, R1, R10, XdpStack.Found);
                _code.JumpIf32(EbpfCondition.LessOrEqual, R1, rules.NumberOf(probe.Lowest), searched);
            }

            EmitQuestion(probe, next, next);
            _code.Place(next);
        }

        _code.Place(searched);
        _code.Load(EbpfSize.Word, R1, R10, XdpStack.Found);
        _code.JumpIf32(EbpfCondition.Equal, R1, XdpStack.Absent, none);
    }

    private void EmitContinuing(Probe probe)
    {
        var (next, hit) = (_code.NewLabel(), _code.NewLabel());
        EmitForget();
        EmitQuestion(probe, next, hit);
        _code.Place(hit);
        EmitApply();
        _code.Place(next);
    }

    private void EmitForget()
    {
        _code.Set(R1, XdpStack.Absent);
        _code.Store(EbpfSize.Word, R10, XdpStack.Found, R1);
    }

    /// <summary>Writes down the rule found.</summary>
    private void EmitApply()
    {
        var (first, later) = (_code.NewLabel(), _code.NewLabel());
        _code.Load(EbpfSize.Word, R1, R10, XdpStack.Mark);
        _code.Load(EbpfSize.Word, R2, R10, XdpStack.Keeps);
        _code.Alu32(EbpfAlu.And, R1, R2);
        _code.Load(EbpfSize.Word, R2, R10, XdpStack.Sets);
        _code.Alu32(EbpfAlu.Or, R1, R2);
        _code.Store(EbpfSize.Word, R10, XdpStack.Mark, R1);
        _code.Load(EbpfSize.Word, R1, R10, XdpStack.Rule);
        _code.Load(EbpfSize.Word, R2, R10, XdpStack.Found);
        _code.JumpIf32(EbpfCondition.Equal, R1, 0u, first);
        _code.Set(R3, 1u);
        _code.Store(EbpfSize.Word, R10, XdpStack.Several, R3);
        _code.Place(first);
        _code.JumpIf32(EbpfCondition.GreaterOrEqual, R1, R2, later);
        _code.Store(EbpfSize.Word, R10, XdpStack.Rule, R2);
        _code.Place(later);
        hits?.EmitAdd();
    }
}
