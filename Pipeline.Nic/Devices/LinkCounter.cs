using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices;

/// <summary>
/// What an interface counted since this was made, such as packets that it or its driver dropped. One thread at a time.
/// </summary>
internal sealed class LinkCounter : IDisposable
{
    /// <summary>Each question costs a system call and some memory, and its owner asks whenever it has nothing else to do.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly RtNetlink? _netlink;
    private readonly Func<LinkFacts?> _find;
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
        var netlink = RtNetlink.Open();
        (_netlink, _find, _count) = (netlink, () => netlink.Find(name), count);
        try
        {
            Read();
        }
        catch
        {
            netlink.Dispose();
            throw;
        }
    }

    /// <summary>The same, of whatever interface is found.</summary>
    internal LinkCounter(Func<LinkFacts?> find, Func<rtnl_link_stats64, ulong> count)
    {
        (_find, _count) = (find, count);
        Read();
    }

    /// <summary>
    /// The count, as of at most a fifth of a second ago. While the kernel does not answer, it is the last that was read: a count is no
    /// reason to stop a device, or to leave one half closed.
    /// </summary>
    /// <param name="isLast">Whether nobody will ask again soon, so that the number must be that of now.</param>
    public long Total(bool isLast)
    {
        if (!isLast && Environment.TickCount64 - _readAt < Interval.TotalMilliseconds) return _total;
        try
        {
            Read();
        }
        catch (LinuxException)
        {
            // What was counted meanwhile is in the next answer.
        }

        return _total;
    }

    public void Dispose() => _netlink?.Dispose();

    /// <summary>An interface that took the name later had a life of its own before: it counts from now on.</summary>
    private void Read()
    {
        _readAt = Environment.TickCount64;
        if (_find() is not { } link) return;

        var counted = _count(link.Statistics);
        if (link.Index == _index && counted >= _last) _total += (long)(counted - _last);
        (_index, _last) = (link.Index, counted);
    }
}
