namespace Pipeline.Nic.Rules.Ebpf;

using static EbpfRegister;

/// <summary>
/// Emits the copying of packets that stay with the kernel though somebody wants them. The kernel writes the copy into the memory of this
/// CPU, which the process maps; where that is full, the copy is lost and counted, and the packet goes its way all the same.
/// </summary>
/// <param name="map">The index of the map with the memory of each CPU.</param>
internal sealed class XdpCopyEmitter(XdpPacket packet, XdpCounters counters, int map)
{
    private const int QueueAt = 16; // rx_queue_index in struct xdp_md, linux/bpf.h

    private readonly EbpfAssembler _code = packet.Code;

    /// <summary>The memory of all CPUs, under all generations: events of perf by CPU.</summary>
    public static EbpfMap MapOf(int cpus) =>
        new("copies", EbpfMapType.PerfEvents, sizeof(uint), sizeof(uint), cpus, [], []) { IsShared = true };

    /// <summary>Nobody wants a copy yet.</summary>
    public void EmitStart() => _code.Store(EbpfSize.Word, R10, XdpStack.Copied, 0u);

    /// <summary>Somebody wants a copy, if the packet stays with the kernel in the end.</summary>
    public void EmitWish() => _code.Store(EbpfSize.Word, R10, XdpStack.Copied, 1u);

    /// <summary>Continues at <paramref name="none"/> for a packet that nobody wants a copy of.</summary>
    public void EmitUnlessWished(int none)
    {
        _code.Load(EbpfSize.Word, R1, R10, XdpStack.Copied);
        _code.JumpIf(EbpfCondition.Equal, R1, 0, none);
    }

    /// <summary>Makes the copy. Its metadata is on the stack already.</summary>
    /// <param name="done">The label to continue at; the program continues after the emitted code as well.</param>
    public void Emit(int done)
    {
        var isShort = _code.NewLabel();
        packet.EmitLength(R3);
        _code.Store(EbpfSize.Word, R10, XdpStack.Copy + XdpCopy.WireLengthAt, R3);
        _code.Load(EbpfSize.Word, R1, XdpPacket.Context, QueueAt);
        _code.Store(EbpfSize.Word, R10, XdpStack.Copy + XdpCopy.QueueAt, R1);
        _code.JumpIf(EbpfCondition.LessOrEqual, R3, XdpCopy.MostBytes, isShort);
        _code.Set(R3, (uint)XdpCopy.MostBytes);
        _code.Place(isShort);

        // The upper half says how many bytes of the packet; the lower one is BPF_F_CURRENT_CPU (linux/bpf.h).
        _code.Alu(EbpfAlu.ShiftLeft, R3, 32);
        _code.Set(R1, uint.MaxValue);
        _code.Alu(EbpfAlu.Or, R3, R1);
        _code.Move(R1, XdpPacket.Context);
        _code.SetToMap(R2, map);
        _code.Move(R4, R10);
        _code.Alu(EbpfAlu.Add, R4, XdpStack.Copy);
        _code.Set(R5, (uint)XdpCopy.Bytes);
        _code.Call(EbpfHelper.OutputEvent);
        _code.JumpIf(EbpfCondition.Equal, R0, 0, done);
        counters.EmitLostCopy(done);
    }
}
