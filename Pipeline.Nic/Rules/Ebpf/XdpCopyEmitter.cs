namespace Pipeline.Nic.Rules.Ebpf;

using static EbpfRegister;

/// <summary>
/// Emits the copying of packets that stay with the kernel though somebody wants them. The kernel writes the copy into the memory of this
/// CPU, which the process maps; where that is full, the copy is lost and counted, and the packet goes its way all the same.
/// </summary>
/// <remarks>
/// To wake somebody costs the kernel an interrupt, some microseconds in a virtual machine, whereas a copy costs a tenth of one. So the
/// reader says when it goes to sleep, and only the next copy wakes it.
/// </remarks>
/// <param name="map">The index of the map with the memory of each CPU.</param>
/// <param name="cpus">How many CPUs there can be.</param>
internal sealed class XdpCopyEmitter(XdpPacket packet, XdpCounters counters, int map, int cpus)
{
    private const int QueueAt = 16; // rx_queue_index in struct xdp_md, linux/bpf.h

    private readonly EbpfAssembler _code = packet.Code;

    /// <summary>
    /// The memory of all CPUs, under all generations: events of perf by CPU, and then once more for each CPU, in the same memory, an event
    /// that wakes the reader.
    /// </summary>
    public static EbpfMap MapOf(int cpus) =>
        new("copies", EbpfMapType.PerfEvents, sizeof(uint), sizeof(uint), 2 * cpus, [], []) { IsShared = true };

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
        var (isShort, lost) = (_code.NewLabel(), _code.NewLabel());
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
        EmitOutput();
        _code.JumpIf(EbpfCondition.NotEqual, R0, 0, lost);
        counters.EmitIfReaderSleeps(done);
        EmitWake();
        _code.Jump(done);

        _code.Place(lost);
        counters.EmitLostCopy(done);
    }

    /// <summary>Writes a copy of no packet, by the event that wakes the reader. The CPU's number is in R0.</summary>
    private void EmitWake()
    {
        _code.Store(EbpfSize.Word, R10, XdpStack.Copy + XdpCopy.WireLengthAt, 0u);
        _code.Move(R3, R0);
        _code.Alu(EbpfAlu.Add, R3, cpus);
        EmitOutput();
    }

    private void EmitOutput()
    {
        _code.Move(R1, XdpPacket.Context);
        _code.SetToMap(R2, map);
        _code.Move(R4, R10);
        _code.Alu(EbpfAlu.Add, R4, XdpStack.Copy);
        _code.Set(R5, (uint)XdpCopy.Bytes);
        _code.Call(EbpfHelper.OutputEvent);
    }
}
