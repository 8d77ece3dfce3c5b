using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules.Cbpf;
using Pipeline.Nic.Rules.Guards;
using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Ebpf;

using static EbpfRegister;

/// <summary>Compiles a rule set to an XDP program: headers, rules, verdict, and the metadata of a packet that is taken.</summary>
internal sealed class XdpCompiler
{
    /// <summary>The indexes of these maps among the program's maps. The maps of tuples come after them.</summary>
    public const int CountersMap = 0;
    public const int SocketsMap = 1;
    public const int QueuesMap = 2;
    public const int VerdictsMap = 3;

    /// <summary>The program's results (enum xdp_action, linux/bpf.h).</summary>
    public const int Pass = 2;
    public const int Redirect = 4;

    private const int QueueAt = 16;
    private const int MetadataAt = 8;
    private const int DataAt = 0;

    private readonly EbpfAssembler _code = new();
    private readonly XdpPacket _packet;
    private readonly XdpPlan _plan;
    private readonly XdpPlan _guardPlan;
    private readonly GuardConditions _guards;
    private readonly IReadOnlyList<Guard> _guardList;
    private readonly int _own;
    private readonly RuleSet _rules;
    private readonly List<EbpfMap> _maps;
    private readonly XdpSieves _sieves;
    private readonly XdpSearchEmitter _search;
    private readonly XdpCounters _counters;
    private readonly XdpHits? _hits;
    private readonly XdpCopyEmitter? _copies;
    private readonly int _take;
    private readonly int _left;
    private readonly int _pass;
    private readonly int _kept;

    private XdpCompiler(
        RuleSet rules, IReadOnlyList<CbpfProgram?> filters, IReadOnlyList<Guard> guards, IReadOnlyList<MarkVerdict> verdicts,
        XdpTraits traits)
    {
        _rules = rules;
        _guards = new GuardConditions(guards);
        _guardList = guards;
        _own = guards.ToList().FindIndex(g => g.Replies is not null);
        _guardPlan = XdpPlanner.Plan(_guards);
        _plan = XdpPlanner.Plan(rules.Rules, filters, _guardPlan);
        _packet = new XdpPacket(_code, traits.HasFragments);
        var (places, cpus) = (1 + _plan.Rules + guards.Count, PossibleCpus.Count);
        _maps =
        [
            XdpCounters.MapOf(places, cpus),
            new EbpfMap("sockets", EbpfMapType.Sockets, sizeof(uint), sizeof(uint), XdpCounters.MostQueues, [], []) { IsShared = true },
            XdpCounters.QueueMapOf(cpus),
            EbpfMap.Mapped("verdicts", Math.Max(1, verdicts.Count) * sizeof(uint)),
        ];
        _counters = new XdpCounters(_packet, places, cpus);
        _sieves = new XdpSieves(_maps);
        _hits = _plan.MostHits > 1 ? new XdpHits(_packet, _maps, _plan.MostHits, cpus) : null;
        _search = new XdpSearchEmitter(_packet, XdpRules.Of(rules.Rules), _sieves, _maps, _hits);
        (_take, _pass, _kept) = (_code.NewLabel(), _code.NewLabel(), _code.NewLabel());
        _left = _pass;
        if (!traits.MakesCopies || !IsWhole || verdicts.All(v => v.Verdict != PacketVerdict.Copy)) return;
        _left = _code.NewLabel();
        _copies = new XdpCopyEmitter(_packet, _counters, _maps.Count, cpus);
        _maps.Add(XdpCopyEmitter.MapOf(cpus));
    }

    private bool IsWhole => _plan.Refused.Count == 0;

    /// <param name="filters">The program of each filter rule, by the rules' 0-based indexes; null for one that never matches.</param>
    /// <param name="guards">They come before the rules. Packets they match stay with the kernel.</param>
    /// <exception cref="XdpException">There is no room for the guards.</exception>
    public static XdpProgram Compile(
        RuleSet rules, IReadOnlyList<CbpfProgram?> filters, IReadOnlyList<Guard> guards, IReadOnlyList<MarkVerdict> verdicts,
        XdpTraits traits = default)
    {
        var compiler = new XdpCompiler(rules, filters, guards, verdicts, traits);
        compiler.Emit(verdicts);
        compiler._sieves.Complete();
        traits = traits with { MakesCopies = compiler._copies is not null };
        return new XdpProgram(compiler._code, compiler._maps, rules, guards, compiler._plan, traits);
    }

    private void Emit(IReadOnlyList<MarkVerdict> verdicts)
    {
        var decided = _code.NewLabel();
        _packet.EmitStart();
        _search.EmitStart();
        EmitHeaderSearch();
        EmitGuards();
        foreach (var segment in _plan.Segments) _search.Emit(segment, decided);
        if (!IsWhole)
        {
            _code.Comment("undecided: software goes on behind the rules that were tried");
            _code.Jump(_take);
        }

        _code.Place(decided);
        if (IsWhole || _plan.Segments.Count > 0) EmitVerdict(verdicts);
        if (!IsWhole || verdicts.Any(v => Takes(v.Verdict))) EmitTake();
        EmitCopy();
        EmitPass();
    }

    private void EmitHeaderSearch()
    {
        var isOwn = _own >= 0;
        if (isOwn || _plan.UsesL3 || _guardPlan.UsesL3)
            new XdpHeaderSearch(_packet, isOwn || _plan.UsesL4 || _guardPlan.UsesL4, isOwn || _guardPlan.UsesProtocol).Emit();
    }

    private void EmitGuards()
    {
        var guards = new XdpSearchEmitter(_packet, XdpRules.Of(_guards), _sieves, _maps);
        foreach (var segment in _guardPlan.Segments) guards.EmitGuards(segment, _plan.Rules, _kept);
    }

    /// <summary>Where the program makes no copies, software gets every packet that it must have a copy of.</summary>
    private bool Takes(PacketVerdict verdict) =>
        verdict == PacketVerdict.Take || (verdict == PacketVerdict.Copy && _copies is null);

    private void EmitVerdict(IReadOnlyList<MarkVerdict> verdicts)
    {
        _code.Comment("verdict");
        _copies?.EmitStart();
        _code.Load(EbpfSize.Word, R1, R10, XdpStack.Mark);
        for (var i = 0; i < verdicts.Count; i++)
        {
            var next = _code.NewLabel();
            _code.Move(R2, R1);
            _code.Alu32(EbpfAlu.And, R2, unchecked((int)verdicts[i].Mask));
            _code.JumpIf32(EbpfCondition.NotEqual, R2, verdicts[i].Value, next);
            if (Takes(verdicts[i].Verdict)) EmitTakeUnlessLeft(i);
            if (verdicts[i].Verdict == PacketVerdict.Copy && _copies is not null) _copies.EmitWish();
            else _code.Jump(_left);
            _code.Place(next);
        }

        _code.Jump(_left);
    }

    /// <summary>The process can say of each verdict, at any time, that its packets stay with the kernel for now.</summary>
    private void EmitTakeUnlessLeft(int verdict)
    {
        _code.SetToMapValue(R3, VerdictsMap, verdict * sizeof(uint));
        _code.Load(EbpfSize.Word, R3, R3, 0);
        _code.JumpIf(EbpfCondition.Equal, R3, 0, _take);
    }

    /// <summary>A packet without room for metadata, or whose queue has no socket, stays with the kernel.</summary>
    private void EmitTake()
    {
        var done = _code.NewLabel();
        _code.Place(_take);
        EmitOwn();
        _code.Comment("take");
        _code.Move(R1, XdpPacket.Context);
        _code.Alu(EbpfAlu.Move, R2, -XdpMetadata.Bytes);
        _code.Call(EbpfHelper.AdjustMetadata);
        _code.JumpIf(EbpfCondition.NotEqual, R0, 0, _left);
        _code.Load(EbpfSize.Word, R2, XdpPacket.Context, MetadataAt);
        _code.Load(EbpfSize.Word, R3, XdpPacket.Context, DataAt);
        _code.Move(R4, R2);
        _code.Alu(EbpfAlu.Add, R4, XdpMetadata.Bytes);
        _code.JumpIf(EbpfCondition.Greater, R4, R3, _left);
        EmitMetadata(R2, 0);
        _code.Load(EbpfSize.Word, R2, XdpPacket.Context, QueueAt);
        _code.SetToMap(R1, SocketsMap);
        _code.Set(R3, Pass);
        _code.Call(EbpfHelper.RedirectMap);
        _code.JumpIf(EbpfCondition.NotEqual, R0, Redirect, _left);
        _counters.EmitTaken(done);
        _code.Place(done);
        _code.Set(R0, Redirect);
        _code.Exit();
    }

    /// <summary>Asks the guard that comes last, because it is dear: whether the packet about to be taken is this machine's.</summary>
    private void EmitOwn()
    {
        if (_own < 0) return;
        new XdpOwnEmitter(_packet, _guardList[_own].Replies!, _maps).Emit(1 + _plan.Rules + _own, _kept, hasHits: _hits is not null);
    }

    private void EmitMetadata(EbpfRegister to, int at)
    {
        _code.Load(EbpfSize.Word, R1, R10, XdpStack.Mark);
        _code.Store(EbpfSize.Word, to, at + XdpMetadata.MarkAt, R1);
        _code.Store(EbpfSize.Word, to, at + XdpMetadata.GenerationAt, (uint)_rules.Generation);
        _code.Load(EbpfSize.Word, R1, R10, XdpStack.Several);
        _code.Alu32(EbpfAlu.ShiftLeft, R1, XdpMetadata.SeveralBit);
        _code.Load(EbpfSize.Word, R3, R10, XdpStack.Rule);
        _code.Alu32(EbpfAlu.Or, R1, R3);
        _code.Store(EbpfSize.Word, to, at + XdpMetadata.RuleAt, R1);
        _code.Store(EbpfSize.Word, to, at + XdpMetadata.TriedAt, (uint)_plan.Rules);
    }

    /// <summary>
    /// Copies a packet that stays with the kernel, whatever the reason: its route leads there, its route's consumer is paused, or its
    /// queue has no socket. What guards keep out has no mark, and no route copies it.
    /// </summary>
    private void EmitCopy()
    {
        if (_copies is null) return;
        _code.Place(_left);
        _code.Comment("copy");
        _copies.EmitUnlessWished(_pass);
        EmitMetadata(R10, XdpStack.Copy);
        _copies.Emit(_pass);
    }

    /// <summary>Counts the packet for its rule, or for each where there are several, or for its guard.</summary>
    private void EmitPass()
    {
        var done = _code.NewLabel();
        _code.Place(_pass);
        _code.Comment("pass");
        _code.Load(EbpfSize.Word, R1, R10, XdpStack.Rule);
        _code.Store(EbpfSize.Word, R10, XdpStack.Place, R1);
        _code.Place(_kept);
        _counters.EmitPassed(done);
        if (_hits is not null) _hits.EmitCount(_counters, done);
        else _counters.EmitPlace(XdpStack.Place);
        _code.Place(done);
        _code.Set(R0, Pass);
        _code.Exit();
    }
}
