using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules.Ebpf;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>
/// What all programs of one interface share: the sockets by queue, and the counts by queue. So a program that takes another's place finds
/// the sockets, and counts go on. Any thread; whoever made it disposes it after all programs.
/// </summary>
internal sealed class XdpPort : IDisposable
{
    private readonly SafeFileHandle _sockets;
    private readonly SafeFileHandle _queues;
    private readonly MappedMap _counts;
    private readonly CopyRings _copies = new();
    private readonly ProgramBarrier _barrier;

    /// <exception cref="LinuxException">There is no memory for it, or the process lacks permission.</exception>
    public XdpPort()
    {
        var queues = XdpCounters.QueueMapOf(PossibleCpus.Count);
        _sockets = Bpf.CreateMap(
            (int)EbpfMapType.Sockets, sizeof(uint), sizeof(uint), XdpCounters.MostQueues, "sockets");
        try
        {
            _queues = Bpf.CreateMap((int)queues.Type, queues.KeyBytes, queues.ValueBytes, 1, queues.Name, Bpf.BPF_F_MMAPABLE);
            _counts = new MappedMap(_queues, queues.ValueBytes, queues.Name);
            _barrier = new ProgramBarrier();
        }
        catch
        {
            _queues?.Dispose();
            _sockets.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Lets programs give a queue's packets to a socket. It must be bound, and have pages to fill: otherwise they are lost.
    /// </summary>
    /// <exception cref="LinuxException">It is not such a socket.</exception>
    public void Put(int queue, SafeFileHandle socket) =>
        Bpf.Update(_sockets, (uint)queue, (uint)socket.DangerousGetHandle(), "sockets");

    /// <summary>Leaves a queue's packets with the kernel. Do this before the socket is closed.</summary>
    public void Remove(int queue) => Bpf.Delete(_sockets, (uint)queue);

    /// <summary>Packets of a queue that programs left with the kernel. The number never falls.</summary>
    public PacketTally Passed(int queue) => new(Sum(queue, 0), Sum(queue, sizeof(long)));

    /// <summary>Packets of a queue that programs handed to its socket. The number never falls.</summary>
    public long Taken(int queue) => Sum(queue, XdpCounters.TakenAt);

    /// <summary>The copies of packets that stay with the kernel.</summary>
    public CopyRings Copies => _copies;

    /// <summary>Copies that programs could not make, because there was no room, and their packets' bytes. The number never falls.</summary>
    public PacketTally LostCopies
    {
        get
        {
            var lost = default(PacketTally);
            for (var cpu = 0; cpu < PossibleCpus.Count; cpu++)
            {
                var at = ((long)cpu * XdpCounters.CpuBytes) + XdpCounters.LostCopiesAt;
                lost += new PacketTally(_counts.Read(at), _counts.Read(at + sizeof(long)));
            }

            return lost;
        }
    }

    /// <summary>Says whether the reader of copies sleeps, so that the next copy of each CPU has to wake it.</summary>
    public void NoteReader(bool sleeps)
    {
        for (var cpu = 0; cpu < PossibleCpus.Count; cpu++)
            _counts.Write(((long)cpu * XdpCounters.CpuBytes) + XdpCounters.ReaderSleepsAt, sleeps ? 1u : 0);
    }

    /// <inheritdoc cref="ProgramBarrier.Wait"/>
    public void WaitForPrograms() => _barrier.Wait();

    /// <summary>The descriptor of a shared map.</summary>
    /// <exception cref="LinuxException">It is made only now, and the process lacks permission.</exception>
    public int DescriptorOf(EbpfMap map) => (int)HandleOf(map.Type).DangerousGetHandle();

    /// <summary>Closes the maps. Counts stay readable.</summary>
    public void Dispose()
    {
        _sockets.Dispose();
        _queues.Dispose();
        _copies.Dispose();
        _barrier.Dispose();
    }

    private SafeFileHandle HandleOf(EbpfMapType type) => type switch
    {
        EbpfMapType.Sockets => _sockets,
        EbpfMapType.PerfEvents => _copies.Map,
        _ => _queues,
    };

    private long Sum(int queue, int offset)
    {
        var sum = 0L;
        for (var cpu = 0; cpu < PossibleCpus.Count; cpu++)
            sum += _counts.Read(((long)cpu * XdpCounters.CpuBytes) + ((long)queue * XdpCounters.QueueBytes) + offset);
        return sum;
    }
}
