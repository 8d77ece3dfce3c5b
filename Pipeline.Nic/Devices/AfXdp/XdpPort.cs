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

    /// <summary>The descriptor of a shared map.</summary>
    public int DescriptorOf(EbpfMap map) =>
        (int)(map.Type == EbpfMapType.Sockets ? _sockets : _queues).DangerousGetHandle();

    /// <summary>Closes the maps. Counts stay readable.</summary>
    public void Dispose()
    {
        _sockets.Dispose();
        _queues.Dispose();
    }

    private long Sum(int queue, int offset)
    {
        var sum = 0L;
        for (var cpu = 0; cpu < PossibleCpus.Count; cpu++)
            sum += _counts.Read(((((long)cpu * XdpCounters.MostQueues) + queue) * XdpCounters.QueueBytes) + offset);
        return sum;
    }
}
