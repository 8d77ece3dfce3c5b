using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices;

/// <summary>
/// What an interface counted since this was made, such as packets that it or its driver dropped. One thread at a time.
/// </summary>
internal sealed class LinkCounter : IDisposable
{
    /// <summary>Each question costs a system call and some memory, and its owner asks whenever it has nothing else to do.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly RtNetlink _netlink;
    private readonly string _name;
    private readonly Func<rtnl_link_stats64, ulong> _count;
    private int _index;
    private ulong _last;
    private long _total;
    private long _readAt;

    /// <summary>Counts from now on, in the network namespace of the calling thread.</summary>
    /// <param name="name">The interface's.</param>
    /// <param name="count">The counter among those of the interface.</param>
    /// <exception cref="LinuxException">The kernel does not answer.</exception>
    public LinkCounter(string name, Func<rtnl_link_stats64, ulong> count)
    {
        (_name, _count) = (name, count);
        _netlink = RtNetlink.Open();
        Read();
    }

    /// <summary>The count, as of at most a fifth of a second ago.</summary>
    /// <param name="isLast">Whether nobody will ask again soon, so that the number must be that of now.</param>
    public long Total(bool isLast)
    {
        if (isLast || Environment.TickCount64 - _readAt >= Interval.TotalMilliseconds) Read();
        return _total;
    }

    public void Dispose() => _netlink.Dispose();

    /// <summary>An interface that took the name later had a life of its own before: it counts from now on.</summary>
    private void Read()
    {
        _readAt = Environment.TickCount64;
        if (_netlink.Find(_name) is not { } link) return;

        var counted = _count(link.Statistics);
        if (link.Index == _index && counted >= _last) _total += (long)(counted - _last);
        (_index, _last) = (link.Index, counted);
    }
}
