using System.Diagnostics;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules.Ebpf;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>
/// Packets taken off an interface of this machine before the normal stack has them. A program in the kernel, made of the rules, decides
/// about each packet. It takes what a route wants; everything else stays with the normal stack, untouched.
/// </summary>
/// <remarks>
/// <para>
/// Until rules are loaded (<see cref="Offload"/>) nothing is taken. It needs the capabilities CAP_NET_RAW, CAP_BPF and CAP_NET_ADMIN.
/// </para>
/// <para>
/// The program is detached when the device is disposed, and also when the process dies. An interface that disappears and comes back by the
/// same name is taken from again.
/// </para>
/// </remarks>
public sealed class AfXdpNic : INic
{
    private readonly AfXdpQueue[] _queues;
    private readonly CopyQueue _copies;
    private readonly RtNetlink _links;
    private readonly object _drainGate = new();
    private Task? _draining;
    private bool _disposed;

    private AfXdpNic(string name, AfXdpOptions options, RtNetlink links, LinkFacts link, XdpAttachment attachment, int queues)
    {
        (Name, Options, _links, Netdev, Attachment) = (name, options, links, link.Index, attachment);
        Interface = new NicInterface(0, name, LinkType.Ethernet, snapLength: 0);
        Interfaces = [Interface];
        Waiter = new DescriptorWaiter($"waiter of {name}");
        News = new LinkNews(Waiter, queues + 1);
        Missed = new LinkCounter(name, s => s.rx_missed_errors);

        // Queues that sleep notice by it that nothing more comes by the earlier rules.
        attachment.Changed = News.Tell;
        var pageBytes = options.PageBytes ?? PageBytesFor(link.Mtu, attachment.Mode);
        var pages = options.Pages
            ?? (pageBytes == AfXdpOptions.ChunkBytes ? AfXdpOptions.DefaultPages : AfXdpOptions.DefaultLargePages);
        _queues = [.. Enumerable.Range(0, queues).Select(i => new AfXdpQueue(this, i, pageBytes, pages))];
        _copies = new CopyQueue(this, queues, pageBytes, pages);
    }

    /// <summary>The interface's name.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<INicQueue> Queues => _queues;

    /// <inheritdoc/>
    public INicQueue Copies => _copies;

    /// <inheritdoc/>
    public IReadOnlyList<NicInterface> Interfaces { get; }

    /// <inheritdoc/>
    public SourceTraits Traits => SourceTraits.LiveTaken with { SeesWhatIsGivenBack = Attachment.Mode == XdpMode.Generic };

    /// <summary>The rules in the kernel.</summary>
    public IRuleOffload Offload => Attachment;

    /// <summary>Nobody can know how much there will be, so it is always 0.</summary>
    public long BytesRead => 0;

    /// <inheritdoc/>
    public long? BytesTotal => null;

    /// <inheritdoc/>
    public string InWords
    {
        get
        {
            var mode = Mode == XdpMode.Native ? "native (in the driver)" : "generic (behind the driver)";
            var why = WhyGeneric is { } words ? $", because {words}" : "";
            var queues = _queues.Length == 1 ? "1 queue" : $"{_queues.Length} queues";
            return $"XDP is {mode}{why}; {queues}, {(IsZeroCopy ? "zero copy" : "copied once")}, packets of up to {LongestPacket} bytes";
        }
    }

    /// <summary>Where the program runs.</summary>
    public XdpMode Mode => Attachment.Mode;

    /// <summary>Why it does not run in the driver, where both places would have done; otherwise null.</summary>
    public string? WhyGeneric => Attachment.WhyGeneric;

    /// <summary>Whether the driver writes packets into the pages itself, as the kernel reports it.</summary>
    public bool IsZeroCopy => Array.TrueForAll(_queues, q => q.IsZeroCopy);

    /// <summary>The longest packet that is received, in bytes.</summary>
    public int LongestPacket => _queues.Min(q => q.LongestPacket);

    internal AfXdpOptions Options { get; }

    internal NicInterface Interface { get; }

    internal XdpAttachment Attachment { get; }

    internal DescriptorWaiter Waiter { get; }

    internal LinkNews News { get; }

    /// <summary>
    /// Packets that found no room in the hardware's ring. The stack's own drops count among others of the interface, but not here.
    /// </summary>
    internal LinkCounter Missed { get; }

    /// <summary>The interface as it is now, by its number; null when it is gone. Any thread.</summary>
    internal LinkFacts? Look()
    {
        lock (_links) return _links.Find(Netdev);
    }

    /// <summary>The interface's number. It changes when the interface is made anew.</summary>
    internal int Netdev { get; private set; }

    internal bool IsDraining => Volatile.Read(ref _draining) is not null;

    /// <summary>Whether no CPU runs the program any more.</summary>
    internal bool IsDetached => Volatile.Read(ref _draining) is { IsCompleted: true };

    /// <summary>Opens an interface. From then on rules can be loaded.</summary>
    /// <param name="name">Its name, in the network namespace of the calling thread.</param>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    /// <exception cref="FileNotFoundException">There is no such interface.</exception>
    /// <exception cref="MissingCapabilityException">The process lacks a capability for the sockets.</exception>
    /// <exception cref="XdpException">Another program is attached, the driver cannot run one, or the process lacks permission.</exception>
    /// <exception cref="UnavailableException">
    /// The interface is of another kind, has fewer queues, or another program holds a queue.
    /// </exception>
    public static AfXdpNic Open(string name, AfXdpOptions? options = null)
    {
        options ??= new AfXdpOptions();
        options.Check();
        var links = RtNetlink.Open();
        try
        {
            var link = Checked(links.Find(name), name);
            var queues = QueuesOf(link, options.Queues);
            var attachment = XdpAttachment.Open(name, link.Index, options.Mode, queues);
            return Open(new AfXdpNic(name, options, links, link, attachment, queues));
        }
        catch
        {
            links.Dispose();
            throw;
        }
    }

    /// <summary>Detaches the program and closes the queues. Memory goes when the last bundle of its packets is disposed.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Attachment.End();
        Waiter.Dispose();
        foreach (var queue in _queues) queue.Dispose();
        _copies.Dispose();
        Attachment.Dispose();
        News.Dispose();
        Missed.Dispose();
        _links.Dispose();
    }

    /// <summary>Detaches the program without making anybody wait. All queues are woken when that is done.</summary>
    internal void Drain()
    {
        lock (_drainGate)
        {
            if (_draining is not null) return;
            Attachment.TakeNothing();
            var detaching = new Task(Attachment.End);
            Volatile.Write(ref _draining, detaching);
            detaching.ContinueWith(_ => News.Tell(), TaskScheduler.Default);
            detaching.Start(TaskScheduler.Default);
        }
    }

    /// <summary>Opens a queue's socket on an interface that is back by its name.</summary>
    /// <returns>Why that is not possible now; null when it is open.</returns>
    internal string? OpenAgain(AfXdpQueue queue)
    {
        lock (_links)
        {
            if (_links.Find(Name) is not { } link) return $"there is no interface {Name}";
            if (link.Hardware != NetDevice.ARPHRD_ETHER) return $"{Name} came back as an interface of another kind";
            try
            {
                queue.Open(link.Index);
                Netdev = link.Index;
                return Attachment.AttachAgain(link.Index) ?? (link.IsUp ? null : $"{Name} is down");
            }
            catch (LinuxException e)
            {
                return WhyNot(e, queue.Name);
            }
        }
    }

    private static AfXdpNic Open(AfXdpNic nic)
    {
        try
        {
            foreach (var queue in nic._queues) OpenFirst(queue, nic.Netdev);
            return nic;
        }
        catch
        {
            nic.Dispose();
            throw;
        }
    }

    /// <summary>Tries for a while: the socket of a process that has just ended still holds its queue.</summary>
    private static void OpenFirst(AfXdpQueue queue, int netdev)
    {
        for (var since = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                queue.Open(netdev);
                return;
            }
            catch (LinuxException e) when (e.Errno == Errno.EBUSY && Stopwatch.GetElapsedTime(since) < XdpAttachment.Patience)
            {
                Thread.Sleep(XdpAttachment.BetweenTries);
            }
            catch (LinuxException e) when (e.Errno is Errno.EPERM or Errno.EACCES)
            {
                throw new MissingCapabilityException(queue.Name, "an AF_XDP socket", ["CAP_NET_RAW"], e);
            }
            catch (LinuxException e)
            {
                throw new UnavailableException(WhyNot(e, queue.Name), e);
            }
        }
    }

    private static string WhyNot(LinuxException e, string queue) => e.Errno switch
    {
        Errno.EBUSY => $"queue {queue} is held by another AF_XDP socket{Holder()}",
        Errno.ENOBUFS =>
            $"{queue}: the memory for packets exceeds the limit on locked memory; raise it (`ulimit -l`), or grant CAP_IPC_LOCK",
        Errno.EOPNOTSUPP => $"{queue}: the driver does not write packets into the program's memory (zero copy); expected copy mode",
        _ => e.Message,
    };

    /// <summary>
    /// The process that has such sockets, in words. Which queues they are bound to only some kernels tell, so it is named if it is the only
    /// one.
    /// </summary>
    private static string Holder()
    {
        var others = ProcessFiles.MappersOf(XdpDiagnosis.FillRingOffset);
        return others is [var (process, command)] ? $", of process {process} ({command})" : "";
    }

    private static LinkFacts Checked(LinkFacts? link, string name)
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

    private static int QueuesOf(LinkFacts link, int? wanted)
    {
        var all = EthtoolChannels.ReceiveQueuesOf(link.Name) ?? Math.Max(1, link.RxQueues);
        if (wanted > all)
            throw new UnavailableException($"{link.Name} has {all} receive {(all == 1 ? "queue" : "queues")}, and {wanted} were asked for");
        return Math.Min(wanted ?? all, XdpCounters.MostQueues);
    }

    /// <summary>After the driver, packets can have been put together, whatever the longest packet of the wire is.</summary>
    private static int PageBytesFor(int mtu, XdpMode mode)
    {
        const int Headers = 18; // Ethernet and a tag
        var needed = mode == XdpMode.Generic ? 1 << 16 : Math.Min(mtu, (1 << 16) - 1024) + Headers + AfXdpOptions.KernelsRoom;
        return Math.Max(AfXdpOptions.ChunkBytes, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)needed));
    }
}
