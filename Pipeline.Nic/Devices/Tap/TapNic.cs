using System.Numerics;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.Tap;

/// <summary>
/// The other end of a TAP of this machine, or of a macvtap: it gets what is sent to the interface. Of a TAP that is what the normal stack,
/// or the bridge that the interface is in, sends out. Of a macvtap it is what comes on the wire of the interface below for its address.
/// </summary>
/// <remarks>
/// <para>
/// Where there is no interface of that name a TAP is made, brought up, and gone again at the end. That needs the capability CAP_NET_ADMIN.
/// One that was there stays as it is (<c>ip tuntap add dev NAME mode tap multi_queue</c>).
/// </para>
/// <para>
/// What nobody reads in time waits in the interface's own queue (<c>txqueuelen</c>). What finds no room there, the interface drops and
/// counts. It is no copy, and nobody misses it: its sender is done with it.
/// </para>
/// </remarks>
public sealed class TapNic : INic
{
    private const int LinkHeaderBytes = 18; // Ethernet, with a VLAN tag.
    private const int DefaultPages = 4096;
    private const int DefaultLargePages = 512;

    private readonly TapPort _port;
    private readonly LinkCounter _drops;
    private readonly DescriptorWaiter _waiter;
    private readonly LinkNews _news;
    private readonly IReadOnlyList<TapQueue> _queues;

    private TapNic(
        TapPort port, LinkCounter drops, DescriptorWaiter waiter, LinkNews news, NicInterface nicInterface, IReadOnlyList<TapQueue> queues)
    {
        (_port, _drops, _waiter, _news, _queues) = (port, drops, waiter, news, queues);
        Interfaces = [nicInterface];
    }

    /// <summary>The interface's name.</summary>
    public string Name => _port.Name;

    /// <inheritdoc/>
    public IReadOnlyList<INicQueue> Queues => _queues;

    /// <inheritdoc/>
    public IReadOnlyList<NicInterface> Interfaces { get; }

    /// <inheritdoc/>
    public SourceTraits Traits => SourceTraits.LiveEnd;

    /// <summary>Nobody can know how much there will be, so it is always 0.</summary>
    public long BytesRead => 0;

    /// <inheritdoc/>
    public long? BytesTotal => null;

    /// <summary>Opens the other end of an interface, which is made where it is not there.</summary>
    /// <param name="name">Its name, in the network namespace of the calling thread.</param>
    /// <exception cref="ArgumentException">The sizes cannot be.</exception>
    /// <exception cref="MissingCapabilityException">The process may not make or use TAPs.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not open the device's file.</exception>
    /// <exception cref="UnavailableException">The interface is of another kind, or has no room for so many queues.</exception>
    /// <exception cref="IOException">The kernel refuses it.</exception>
    public static TapNic Open(string name, TapOptions? options = null)
    {
        options ??= new TapOptions();
        Check(options);
        const uint Offloads = IfTun.TUN_F_CSUM | IfTun.TUN_F_TSO4 | IfTun.TUN_F_TSO6;
        var port = TapPort.Open(name, options.TakesOffloads ? Offloads : 0);
        var (ends, queues) = (new List<TapEnd>(), new List<TapQueue>());
        LinkCounter? drops = null;
        DescriptorWaiter? waiter = null;
        LinkNews? news = null;
        try
        {
            for (var i = 0; i < options.Queues; i++) ends.Add(port.OpenEnd(receives: true));
            drops = new LinkCounter(name, port.IsMacvtap ? s => s.rx_dropped : s => s.tx_dropped);
            waiter = new DescriptorWaiter($"waiter of {name}");
            news = new LinkNews(waiter, options.Queues);
            var nicInterface = new NicInterface(0, name, LinkType.Ethernet, snapLength: 0);
            var (pageBytes, pages) = PagesFor(port.Mtu(ends[0]) ?? 0, options);
            foreach (var end in ends)
            {
                var pool = new PacketPagePool($"{name}:{queues.Count}", pageBytes, pages);
                queues.Add(new TapQueue(queues.Count, port, end, nicInterface, pool, waiter, news, queues.Count == 0 ? drops : null));
            }

            return new TapNic(port, drops, waiter, news, nicInterface, queues);
        }
        catch
        {
            foreach (var queue in queues) queue.Dispose();
            foreach (var end in ends) end.Dispose();
            waiter?.Dispose();
            news?.Dispose();
            drops?.Dispose();
            port.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Closes all queues. Packets already received stay valid. Those that wait in the interface's queue count as dropped by the kernel.
    /// </summary>
    public void Dispose()
    {
        foreach (var queue in _queues) queue.Dispose();
        _waiter.Dispose();
        _news.Dispose();
        _drops.Dispose();
        _port.Dispose();
    }

    /// <returns>Bytes to a page, and pages to a pool.</returns>
    private static (int PageBytes, int Pages) PagesFor(int mtu, TapOptions options)
    {
        var needed = options.TakesOffloads
            ? TapOptions.LargePageBytes
            : Math.Max(TapOptions.SmallPageBytes, (int)BitOperations.RoundUpToPowerOf2((uint)(mtu + LinkHeaderBytes)));
        var pageBytes = options.PageBytes ?? needed;
        return (pageBytes, options.Pages ?? (pageBytes > 16 * 1024 ? DefaultLargePages : DefaultPages));
    }

    private static void Check(TapOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Queues, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Queues, TapOptions.MostQueues);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Pages ?? 1, 1);
        var pageBytes = options.PageBytes ?? TapOptions.SmallPageBytes;
        if (pageBytes < TapOptions.SmallPageBytes || !BitOperations.IsPow2(pageBytes))
            throw new ArgumentException($"{pageBytes} bytes to a page; expected a power of two from {TapOptions.SmallPageBytes} up");
        if ((long)pageBytes * (options.Pages ?? 1) > uint.MaxValue)
            throw new ArgumentException($"{options.Pages} pages of {pageBytes} bytes exceed 4 GiB");
    }
}
