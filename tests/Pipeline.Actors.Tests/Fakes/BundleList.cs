using Pipeline.Actors.Routing;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>
/// Keeps the bundles that are sent to it until it is told to let them go: a consumer that is as slow as a test wants. Any thread: a router
/// sends from its own, while a test looks on.
/// </summary>
internal sealed class BundleList(int number = 0) : IBundleTarget
{
    private readonly object _gate = new();
    private readonly List<PageBundle> _bundles = [];
    private readonly List<long> _numbers = [];

    public InstanceId Id { get; } = new("", number);

    /// <summary>Whether its node is gone, and what it holds goes back.</summary>
    public bool IsGone { get; set; }

    public int Weight { get; init; } = 1;

    /// <summary>Whether it is on another node, as far as a router sees.</summary>
    public bool IsBounded { get; set; }

    /// <summary>What it holds now. A copy, and so not for a test that measures what is allocated.</summary>
    public IReadOnlyList<PageBundle> Bundles
    {
        get
        {
            lock (_gate) return [.. _bundles];
        }
    }

    /// <summary>The numbers of all packets that were ever sent here, in their order, up to now. A copy.</summary>
    public IReadOnlyList<long> Numbers
    {
        get
        {
            lock (_gate) return [.. _numbers];
        }
    }

    public void Send(PageBundle bundle)
    {
        lock (_gate)
        {
            foreach (ref readonly var packet in bundle.Packets) _numbers.Add(packet.TimestampNanoseconds);
            _bundles.Add(bundle);
        }
    }

    public void TakeBack(ReadOnlySpan<PageShare> shares, List<PageBundle> to)
    {
        while (TakeAt(0) is { } bundle) to.Add(bundle);
    }

    /// <summary>Delivers what it holds.</summary>
    public void DisposeAll()
    {
        while (TakeAt(0) is { } bundle) bundle.Dispose();
    }

    public void DisposeAt(int index) => (TakeAt(index) ?? throw new ArgumentOutOfRangeException(nameof(index))).Dispose();

    /// <summary>Disposed outside the lock, because a page that comes home may have a router send the next bundle here.</summary>
    private PageBundle? TakeAt(int index)
    {
        lock (_gate)
        {
            if (index >= _bundles.Count) return null;
            var bundle = _bundles[index];
            _bundles.RemoveAt(index);
            return bundle;
        }
    }
}
