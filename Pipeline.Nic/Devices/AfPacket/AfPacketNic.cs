using System.Numerics;
using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>
/// A copy of what comes in on an interface of this machine, with one queue or several. The normal stack still gets every packet. Packets
/// that an XDP program took earlier are not seen.
/// </summary>
/// <remarks>It needs the capability CAP_NET_RAW. It follows the name: an interface that disappears and comes back is read again.</remarks>
public sealed class AfPacketNic : INic
{
    private readonly DescriptorWaiter _waiter;
    private readonly LinkCounter _drops;
    private readonly AfPacketQueue[] _queues;

    private AfPacketNic(
        string name, IReadOnlyList<PacketSocket> sockets, DescriptorWaiter waiter, LinkCounter drops, AfPacketOptions options)
    {
        Name = name;
        var nicInterface = new NicInterface(0, name, sockets[0].LinkType, snapLength: 0);
        (_waiter, _drops) = (waiter, drops);
        _queues =
        [
            .. sockets.Select((s, i) =>
                new AfPacketQueue($"{name}:{i}", s, nicInterface, waiter, options.BlockTimeout, i == 0 ? drops : null)),
        ];
        Queues = _queues;
        Interfaces = [nicInterface];
    }

    /// <summary>The interface's name.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<INicQueue> Queues { get; }

    /// <inheritdoc/>
    public IReadOnlyList<NicInterface> Interfaces { get; }

    /// <inheritdoc/>
    public SourceTraits Traits => SourceTraits.LiveCopy;

    /// <summary>Nobody can know how much there will be, so it is always 0.</summary>
    public long BytesRead => 0;

    /// <inheritdoc/>
    public long? BytesTotal => null;

    /// <summary>Opens an interface and begins to take packets.</summary>
    /// <param name="name">Its name, in the network namespace of the calling thread.</param>
    /// <exception cref="ArgumentException">The sizes do not fit together.</exception>
    /// <exception cref="FileNotFoundException">There is no such interface.</exception>
    /// <exception cref="UnauthorizedAccessException">The process lacks permission to open packet sockets.</exception>
    /// <exception cref="IOException">The system refuses the ring, or the interface is of a kind that is not read.</exception>
    /// <exception cref="Rules.FilterException">The pre-filter cannot be compiled for this interface, or libpcap is missing.</exception>
    public static AfPacketNic Open(string name, AfPacketOptions? options = null)
    {
        options ??= new AfPacketOptions();
        Check(options);

        // The waiter comes first, because it can fail: a socket whose ring is mapped takes packets until somebody unmaps it.
        var waiter = new DescriptorWaiter($"waiter of {name}");
        var sockets = new List<PacketSocket>();
        LinkCounter? drops = null;
        try
        {
            var group = options.Queues > 1 ? new FanoutGroup(options) : null;
            for (var i = 0; i < options.Queues; i++) sockets.Add(PacketSocket.Open(name, options, group));

            // The two do not include each other (Linux, include/uapi/linux/if_link.h).
            drops = new LinkCounter(name, s => s.rx_dropped + s.rx_missed_errors);

            // Not earlier: the first would take the packets of all.
            foreach (var socket in sockets) socket.TryAdmit();
            return new AfPacketNic(name, sockets, waiter, drops, options);
        }
        catch
        {
            foreach (var socket in sockets) socket.Abandon();
            drops?.Dispose();
            waiter.Dispose();
            throw;
        }
    }

    /// <summary>Stops taking packets. The ring is unmapped when the last bundle of its packets is disposed.</summary>
    public void Dispose()
    {
        foreach (var queue in _queues) queue.Dispose();
        _waiter.Dispose();
        _drops.Dispose();
    }

    private static void Check(AfPacketOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Queues, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Queues, AfPacketOptions.MostQueues);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BlockBytes, Environment.SystemPageSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Blocks, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BlockTimeout, AfPacketOptions.ShortestBlockTimeout);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.BlockTimeout, AfPacketOptions.LongestBlockTimeout);
        if (!BitOperations.IsPow2(options.BlockBytes))
            throw new ArgumentException($"{options.BlockBytes} bytes to a block; expected a power of two");
        if ((long)options.BlockBytes * options.Blocks > uint.MaxValue)
            throw new ArgumentException($"{options.Blocks} blocks of {options.BlockBytes} bytes exceed 4 GiB");
    }
}
