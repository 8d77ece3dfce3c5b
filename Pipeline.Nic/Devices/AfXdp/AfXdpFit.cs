using System.Numerics;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules.Ebpf;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>What an interface and its queues must be like to be taken from, what fits them, and why one is refused.</summary>
internal static class AfXdpFit
{
    /// <summary>Says why the kernel gives no socket for a queue.</summary>
    public static string WhyNot(LinuxException e, string queue) => e.Errno switch
    {
        Errno.EBUSY => $"queue {queue} is held by another AF_XDP socket",
        Errno.ENOBUFS =>
            $"{queue}: the memory for packets exceeds the limit on locked memory; raise it (`ulimit -l`), or grant CAP_IPC_LOCK",
        Errno.EOPNOTSUPP => $"{queue}: the driver does not write packets into the program's memory (zero copy); expected copy mode",
        _ => e.Message,
    };

    /// <summary>
    /// The process that has such sockets, in words. Which queues they are bound to only some kernels tell, so it is named if it is the only
    /// one.
    /// </summary>
    public static string Holder()
    {
        var others = ProcessFiles.MappersOf(XdpDiagnosis.FillRingOffset);
        return others is [var (process, command)] ? $", of process {process} ({command})" : "";
    }

    public static LinkFacts Checked(LinkFacts? link, string name)
    {
        if (link is null) throw new FileNotFoundException($"there is no interface {name}");
        if (link.Hardware == NetDevice.ARPHRD_LOOPBACK)
            throw new UnavailableException(
                $"{name} is the loopback interface, from which nothing can be taken; expected another, or the backend afpacket");
        if (link.Hardware != NetDevice.ARPHRD_ETHER)
            throw new UnavailableException(
                $"{name}: its packets have no Ethernet header, and only such are taken; expected another, or the backend afpacket");
        return link;
    }

    public static int QueuesOf(LinkFacts link, int? wanted)
    {
        var all = EthtoolChannels.ReceiveQueuesOf(link.Name) ?? Math.Max(1, link.RxQueues);
        if (wanted > all)
            throw new UnavailableException($"{link.Name} has {all} receive {(all == 1 ? "queue" : "queues")}, and {wanted} were asked for");
        return Math.Min(wanted ?? all, XdpCounters.MostQueues);
    }

    /// <returns>Bytes to a page, and pages to a pool.</returns>
    public static (int PageBytes, int Pages) PagesFor(int mtu, XdpMode mode, AfXdpOptions options)
    {
        const int Headers = 18; // Ethernet and a tag

        // After the driver, packets can have been put together, whatever the longest packet of the wire is.
        var needed = mode == XdpMode.Generic ? 1 << 16 : Math.Min(mtu, (1 << 16) - 1024) + Headers + AfXdpOptions.KernelsRoom;
        var pageBytes = options.PageBytes ?? Math.Max(AfXdpOptions.ChunkBytes, (int)BitOperations.RoundUpToPowerOf2((uint)needed));
        var pages = pageBytes == AfXdpOptions.ChunkBytes ? AfXdpOptions.DefaultPages : AfXdpOptions.DefaultLargePages;
        return (pageBytes, options.Pages ?? pages);
    }
}
