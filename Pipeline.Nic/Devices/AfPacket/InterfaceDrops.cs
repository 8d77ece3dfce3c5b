using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>
/// The packets that an interface or its driver dropped since this was made, as the interface counts them. Those never reach a socket. One
/// thread at a time.
/// </summary>
internal sealed class InterfaceDrops : IDisposable
{
    /// <summary>Each question costs a system call and some memory, and queues ask whenever they have nothing else to do.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly RtNetlink _netlink;
    private readonly string _name;
    private int _index;
    private ulong _last;
    private long _total;
    private long _readAt;

    /// <summary>Counts from now on, in the network namespace of the calling thread.</summary>
    /// <exception cref="LinuxException">The kernel does not answer.</exception>
    public InterfaceDrops(string name)
    {
        _name = name;
        _netlink = RtNetlink.Open();
        Read();
    }

    /// <summary>Packets dropped, as of at most a fifth of a second ago.</summary>
    /// <param name="isLast">Whether nobody will ask again soon, so that the number must be that of now.</param>
    public long Total(bool isLast)
    {
        if (isLast || Environment.TickCount64 - _readAt >= Interval.TotalMilliseconds) Read();
        return _total;
    }

    public void Dispose() => _netlink.Dispose();

    /// <summary>An interface that took the name later had a life of its own before: its drops count from now on.</summary>
    private void Read()
    {
        _readAt = Environment.TickCount64;
        if (_netlink.Find(_name) is not { } link) return;

        // The two do not include each other (Linux, include/uapi/linux/if_link.h).
        var dropped = link.Statistics.rx_dropped + link.Statistics.rx_missed_errors;
        if (link.Index == _index && dropped >= _last) _total += (long)(dropped - _last);
        (_index, _last) = (link.Index, dropped);
    }
}
