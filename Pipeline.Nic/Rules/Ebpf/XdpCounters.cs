using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Rules.Ebpf;

using static EbpfRegister;

/// <summary>
/// Emits the counting of packets. Counters lie in memory that the process maps, one row for each CPU, so that counting takes no call and no
/// lock, and reading takes no system call.
/// </summary>
/// <param name="places">Unmatched packets, rules, guards.</param>
/// <param name="cpus">How many CPUs there can be.</param>
internal sealed class XdpCounters(XdpPacket packet, int places, int cpus)
{
    /// <summary>Packets and bytes.</summary>
    public const int TallyBytes = 2 * sizeof(ulong);

    /// <summary>The most queues of one interface. The kernel has no bound; packets of queues beyond are counted with the last.</summary>
    public const int MostQueues = NetDevice.MostQueues;

    /// <summary>Of a queue: packets and bytes passed, and packets taken.</summary>
    public const int QueueBytes = 4 * sizeof(ulong);

    /// <summary>Bytes from a queue's first counter to the number of packets that were taken.</summary>
    public const int TakenAt = 2 * sizeof(ulong);

    /// <summary>
    /// Bytes from a CPU's first counter, after those of the queues, to the copies that were lost because there was no room for them.
    /// </summary>
    public const int LostCopiesAt = MostQueues * QueueBytes;

    /// <summary>
    /// Bytes from a CPU's first counter to a word that is 1 while the reader of copies sleeps and has to be woken by the next one.
    /// </summary>
    public const int ReaderSleepsAt = LostCopiesAt + TallyBytes;

    /// <summary>Counters of a CPU. No two CPUs write to one line of the cache.</summary>
    public const int CpuBytes = LostCopiesAt + 64;

    private const int QueueAt = 16; // rx_queue_index in struct xdp_md, linux/bpf.h

    private readonly EbpfAssembler _code = packet.Code;

    /// <summary>The counters of a generation: packets that were passed, by place.</summary>
    public static EbpfMap MapOf(int places, int cpus) => EbpfMap.Mapped("counters", cpus * places * TallyBytes);

    /// <summary>The counters of an interface by its queues, under all generations.</summary>
    public static EbpfMap QueueMapOf(int cpus) => EbpfMap.Mapped("queues", cpus * CpuBytes) with { IsShared = true };

    /// <summary>
    /// Counts a packet that stays with the kernel, for its queue. Leaves this CPU's counters in R7, and the length in R5.
    /// </summary>
    /// <param name="none">The label to continue at for a CPU that there cannot be.</param>
    public void EmitPassed(int none)
    {
        EmitQueue(none);
        packet.EmitLength(R5);
        EmitAdd(R1);
        _code.SetToMapValue(R7, XdpCompiler.CountersMap, 0);
        _code.Alu(EbpfAlu.Multiply, R0, places * TallyBytes);
        _code.Alu(EbpfAlu.Add, R7, R0);
    }

    /// <summary>Counts a packet that software gets, for its queue.</summary>
    /// <param name="none">The label to continue at for a CPU that there cannot be.</param>
    public void EmitTaken(int none)
    {
        EmitQueue(none);
        _code.Load(EbpfSize.Double, R2, R1, TakenAt);
        _code.Alu(EbpfAlu.Add, R2, 1);
        _code.Store(EbpfSize.Double, R1, TakenAt, R2);
    }

    /// <summary>Counts a copy that was lost, and the packet's bytes.</summary>
    /// <param name="none">The label to continue at for a CPU that there cannot be.</param>
    public void EmitLostCopy(int none)
    {
        EmitCpu(none);
        _code.Alu(EbpfAlu.Add, R1, LostCopiesAt);
        packet.EmitLength(R5);
        EmitAdd(R1);
    }

    /// <summary>
    /// Continues only if the reader of copies sleeps, and notes that it is being woken. Leaves the CPU's number in R0. What was written
    /// before can be seen by whoever sets the word afterwards.
    /// </summary>
    public void EmitIfReaderSleeps(int none)
    {
        EmitCpu(none);
        _code.Set(R2, 0u);
        _code.Exchange(R1, ReaderSleepsAt, R2);
        _code.JumpIf(EbpfCondition.Equal, R2, 0, none);
    }

    /// <summary>Counts the packet at a place, after <see cref="EmitPassed"/>.</summary>
    /// <param name="slot">Where on the stack the place is.</param>
    public void EmitPlace(int slot)
    {
        var none = _code.NewLabel();
        _code.Load(EbpfSize.Word, R2, R10, slot);
        EmitPlaceOf(R2, none);
        _code.Place(none);
    }

    /// <summary>The same, of a place in a register. Uses R1 and R3.</summary>
    /// <param name="none">The label to continue at for a place that there cannot be.</param>
    public void EmitPlaceOf(EbpfRegister place, int none)
    {
        _code.JumpIf(EbpfCondition.GreaterOrEqual, place, places, none);
        _code.Alu(EbpfAlu.Multiply, place, TallyBytes);
        _code.Move(R1, R7);
        _code.Alu(EbpfAlu.Add, R1, place);
        EmitAdd(R1);
    }

    /// <summary>Leaves the CPU's number in R0, and the counters of the packet's queue in R1.</summary>
    private void EmitQueue(int none)
    {
        var known = _code.NewLabel();
        EmitCpu(none);
        _code.Load(EbpfSize.Word, R2, XdpPacket.Context, QueueAt);
        _code.JumpIf(EbpfCondition.Less, R2, MostQueues, known);
        _code.Set(R2, MostQueues - 1u);
        _code.Place(known);
        _code.Alu(EbpfAlu.Multiply, R2, QueueBytes);
        _code.Alu(EbpfAlu.Add, R1, R2);
    }

    /// <summary>Leaves the CPU's number in R0, and its counters of the interface in R1.</summary>
    private void EmitCpu(int none)
    {
        _code.Call(EbpfHelper.CpuNumber);
        _code.JumpIf(EbpfCondition.GreaterOrEqual, R0, cpus, none);
        _code.SetToMapValue(R1, XdpCompiler.QueuesMap, 0);
        _code.Move(R2, R0);
        _code.Alu(EbpfAlu.Multiply, R2, CpuBytes);
        _code.Alu(EbpfAlu.Add, R1, R2);
    }

    /// <summary>Adds the packet to the tally that a register points at. Uses R3.</summary>
    private void EmitAdd(EbpfRegister tally)
    {
        _code.Load(EbpfSize.Double, R3, tally, 0);
        _code.Alu(EbpfAlu.Add, R3, 1);
        _code.Store(EbpfSize.Double, tally, 0, R3);
        _code.Load(EbpfSize.Double, R3, tally, sizeof(ulong));
        _code.Alu(EbpfAlu.Add, R3, R5);
        _code.Store(EbpfSize.Double, tally, sizeof(ulong), R3);
    }
}
