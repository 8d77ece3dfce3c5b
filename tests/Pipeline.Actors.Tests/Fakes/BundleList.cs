using Pipeline.Actors.Routing;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>Keeps the bundles that are sent to it until it is told to let them go: a consumer that is as slow as a test wants.</summary>
internal sealed class BundleList : IBundleTarget
{
    private readonly List<PageBundle> _bundles = [];

    public IReadOnlyList<PageBundle> Bundles => _bundles;

    /// <summary>The numbers of all packets that were ever sent here, in their order.</summary>
    public List<long> Numbers { get; } = [];

    public void Send(PageBundle bundle)
    {
        foreach (ref readonly var packet in bundle.Packets) Numbers.Add(packet.TimestampNanoseconds);
        _bundles.Add(bundle);
    }

    /// <summary>Delivers what it holds.</summary>
    public void DisposeAll()
    {
        while (_bundles.Count > 0) DisposeAt(0);
    }

    public void DisposeAt(int index)
    {
        var bundle = _bundles[index];
        _bundles.RemoveAt(index);
        bundle.Dispose();
    }
}
