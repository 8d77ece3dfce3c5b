using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices;

/// <summary>
/// Wakes the queues of a device when an interface of this machine changes: it goes down or up, it is deleted, it comes back. Waiting on a
/// queue's socket does not tell that. The news say only that something has changed, and the queue looks for itself.
/// </summary>
internal sealed class LinkNews : IDisposable
{
    private readonly LinkWatch _watch = LinkWatch.Open();
    private readonly DescriptorWaiter _waiter;
    private readonly Action?[] _wakes;
    private int _edition;

    /// <param name="waiter">The device's.</param>
    /// <param name="queues">How many queues the device has.</param>
    public LinkNews(DescriptorWaiter waiter, int queues)
    {
        (_waiter, _wakes) = (waiter, new Action?[queues]);
        _waiter.WakeWhenReadable(_watch.Descriptor, OnNews);
    }

    /// <summary>Changes with every piece of news. Any thread.</summary>
    public int Edition => Volatile.Read(ref _edition);

    /// <summary>
    /// Calls <paramref name="wake"/> once, at the next news. A queue's second request replaces its first. If the queue looks at
    /// <see cref="Edition"/> after this call, it misses nothing: whoever has news either finds the request, or has changed that before.
    /// </summary>
    public void WakeAtNews(int queue, Action wake) => Interlocked.Exchange(ref _wakes[queue], wake);

    /// <summary>Tells all queues that something has changed. Any thread.</summary>
    public void Tell()
    {
        Interlocked.Increment(ref _edition);
        for (var i = 0; i < _wakes.Length; i++) Interlocked.Exchange(ref _wakes[i], null)?.Invoke();
    }

    /// <summary>Ends it. Its waiter must have been disposed, because it reads the descriptor.</summary>
    public void Dispose() => _watch.Dispose();

    private void OnNews()
    {
        _watch.TakeNews();
        _waiter.TryWakeWhenReadable(_watch.Descriptor, OnNews);
        Tell();
    }
}
