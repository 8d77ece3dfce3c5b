using System.Diagnostics;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Pages;
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

    private AfXdpNic(
        string name, AfXdpOptions options, RtNetlink links, XdpAttachment attachment, DescriptorWaiter waiter, LinkNews news,
        LinkCounter missed, IReadOnlyList<PacketPagePool> pools)
    {
        (Name, Options, _links, Attachment, Waiter, News, Missed) = (name, options, links, attachment, waiter, news, missed);
        Interface = new NicInterface(0, name, LinkType.Ethernet, snapLength: 0);
        Interfaces = [Interface];

        // Queues that sleep notice by it that nothing more comes by the earlier rules.
        attachment.Changed = news.Tell;
        _queues = [.. pools.SkipLast(1).Select((pool, i) => new AfXdpQueue(this, i, pool))];
        _copies = new CopyQueue(this, _queues.Length, pools[^1]);
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
    internal LinkFacts? Look(int netdev)
    {
        lock (_links) return _links.Find(netdev);
    }

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
        List<IDisposable> made = [];
        try
        {
            var links = Keep(RtNetlink.Open());
            var link = AfXdpFit.Checked(links.Find(name), name);
            var queues = AfXdpFit.QueuesOf(link, options.Queues);
            var attachment = Keep(XdpAttachment.Open(name, link.Index, options.Mode, queues));
            var waiter = Keep(new DescriptorWaiter($"waiter of {name}"));
            var news = Keep(new LinkNews(waiter, queues + 1));
            var missed = Keep(new LinkCounter(name, s => s.rx_missed_errors));
            var (pageBytes, pages) = AfXdpFit.PagesFor(link.Mtu, attachment.Mode, options);
            var pools = new List<PacketPagePool>();
            for (var i = 0; i < queues; i++) pools.Add(Keep(new PacketPagePool($"{name}:{i}", pageBytes, pages)));
            pools.Add(Keep(new PacketPagePool($"{name}:copies", pageBytes, pages)));
            var nic = new AfXdpNic(name, options, links, attachment, waiter, news, missed, pools);
            made = [nic];
            foreach (var queue in nic._queues) OpenFirst(queue, link.Index);
            return nic;
        }
        catch
        {
            foreach (var part in made) part.Dispose();
            throw;
        }

        T Keep<T>(T part)
            where T : IDisposable
        {
            made.Add(part);
            return part;
        }
    }

    /// <summary>Detaches the program and closes the queues. Memory goes when the last bundle of its packets is disposed.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        try
        {
            Attachment.End();
        }
        finally
        {
            Waiter.Dispose();
            foreach (var queue in _queues) queue.Dispose();
            _copies.Dispose();
            Attachment.Dispose();
            News.Dispose();
            Missed.Dispose();
            _links.Dispose();
        }
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
                return Attachment.AttachAgain(link.Index) ?? (link.IsUp ? null : $"{Name} is down");
            }
            catch (LinuxException e)
            {
                return AfXdpFit.WhyNot(e, queue.Name);
            }
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
                var holder = e.Errno == Errno.EBUSY ? AfXdpFit.Holder() : "";
                throw new UnavailableException($"{AfXdpFit.WhyNot(e, queue.Name)}{holder}", e);
            }
        }
    }
}
