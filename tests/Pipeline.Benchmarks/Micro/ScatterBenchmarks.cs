using BenchmarkDotNet.Attributes;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Benchmarks.Micro;

/// <summary>Renting a bundle, filling it with descriptors, sending its packets one way or three ways, settling and disposing.</summary>
public class ScatterBenchmarks
{
    private readonly PacketStock _stock = new(WayOf);
    private Scatter _scatter = null!;

    /// <summary>1: a bundle goes one way as a whole. 3: its packets go three ways, in no order.</summary>
    [Params(1, 3)]
    public int Ways { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var table = new RouteTable(Enumerable.Range(0, Ways - 1).Select(Route));
        var outgoing = new BundlePool(PacketStock.BundlePackets);
        _scatter = new Scatter(new RouterPlan(table, [.. table.Routes.Select(route => LaneOf(route, outgoing))]));
    }

    [Benchmark(OperationsPerInvoke = PacketStock.Packets)]
    public void Scatter()
    {
        for (var i = 0; i < PacketStock.Bundles; i++)
        {
            if (!_scatter.Route(_stock.Rent(i))) throw new InvalidOperationException("A route had to wait, though its target gives pages back at once.");
        }

        _scatter.Flush();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _scatter.Dispose();
        _stock.Dispose();
    }

    private static uint WayOf(byte[] packet) => packet[31] % 3u;

    private static RouteOptions Route(int way) => new() { To = $"way{way}", Mark = (uint)way + 1, MarkMask = uint.MaxValue, Share = 1 };

    private Lane LaneOf(RouteOptions route, BundlePool outgoing)
    {
        var account = new PacketAccount(route.To, AccountKind.Consumer);
        var group = new ConsumerGroup(route.To, [new DisposingTarget()], account, new PacketAccount(route.To, AccountKind.Copy));
        return new Lane(route, Overload.Wait, group, _stock.Pool, outgoing, new QueuePlace(0, 1), bundleLimit: 1024);
    }

    private sealed class DisposingTarget : IBundleTarget
    {
        public InstanceId Id => new("", 0);

        public void Send(PageBundle bundle)
        {
            bundle.SettleDelivered();
            bundle.Dispose();
        }
    }
}
