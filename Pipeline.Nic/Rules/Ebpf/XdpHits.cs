namespace Pipeline.Nic.Rules.Ebpf;

using static EbpfRegister;

/// <summary>
/// Emits a list of the rules that matched a packet, where several can: only when the packet stays with the kernel are they counted. Each
/// CPU has a list of its own, because it has one packet at a time.
/// </summary>
internal sealed class XdpHits
{
    private readonly EbpfAssembler _code;
    private readonly int _map;
    private readonly int _most;
    private readonly int _cpus;

    /// <param name="maps">The program's maps, to which this adds one.</param>
    /// <param name="most">The most rules that can match one packet.</param>
    public XdpHits(XdpPacket packet, List<EbpfMap> maps, int most, int cpus)
    {
        (_code, _map, _most, _cpus) = (packet.Code, maps.Count, most, cpus);
        maps.Add(new EbpfMap("hits", EbpfMapType.Array, sizeof(uint), cpus * RowBytes, 1, [], []));
    }

    private int RowBytes => _most * sizeof(uint);

    /// <summary>Finds this CPU's list, which is empty. It comes before the packet's bytes are read.</summary>
    public void EmitStart()
    {
        var known = _code.NewLabel();
        _code.Call(EbpfHelper.CpuNumber);
        _code.JumpIf(EbpfCondition.Less, R0, _cpus, known);
        _code.Set(R0, 0u);
        _code.Place(known);
        _code.SetToMapValue(R1, _map, 0);
        _code.Alu(EbpfAlu.Multiply, R0, RowBytes);
        _code.Alu(EbpfAlu.Add, R1, R0);
        _code.Store(EbpfSize.Double, R10, XdpStack.Hits, R1);
        _code.Store(EbpfSize.Word, R10, XdpStack.HitCount, 0u);
    }

    /// <summary>Adds the rule that was found last.</summary>
    public void EmitAdd()
    {
        var full = _code.NewLabel();
        _code.Load(EbpfSize.Word, R3, R10, XdpStack.HitCount);
        _code.JumpIf(EbpfCondition.GreaterOrEqual, R3, _most, full);
        _code.Load(EbpfSize.Word, R2, R10, XdpStack.Found);
        _code.Load(EbpfSize.Double, R1, R10, XdpStack.Hits);
        _code.Move(R4, R3);
        _code.Alu(EbpfAlu.Multiply, R4, sizeof(uint));
        _code.Alu(EbpfAlu.Add, R1, R4);
        _code.Store(EbpfSize.Word, R1, 0, R2);
        _code.Alu(EbpfAlu.Add, R3, 1);
        _code.Store(EbpfSize.Word, R10, XdpStack.HitCount, R3);
        _code.Place(full);
    }

    /// <summary>Counts the packet for its guard, or for each rule of the list, or as unmatched.</summary>
    public void EmitCount(XdpCounters counters, int done)
    {
        var one = _code.NewLabel();
        _code.Load(EbpfSize.Word, R0, R10, XdpStack.HitCount);
        _code.JumpIf(EbpfCondition.Equal, R0, 0, one);
        _code.Load(EbpfSize.Double, R8, R10, XdpStack.Hits);
        for (var i = 0; i < _most; i++)
        {
            if (i > 0) _code.JumpIf(EbpfCondition.LessOrEqual, R0, i, done);
            _code.Load(EbpfSize.Word, R2, R8, i * sizeof(uint));
            counters.EmitPlaceOf(R2, done);
        }

        _code.Jump(done);
        _code.Place(one);
        counters.EmitPlace(XdpStack.Place);
    }
}
