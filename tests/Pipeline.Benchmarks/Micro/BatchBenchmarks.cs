using BenchmarkDotNet.Attributes;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Pages;

namespace Pipeline.Benchmarks.Micro;

/// <summary>What a handler pays for going over a batch, over 60-byte UDP packets in the cache; and what the flow table costs.</summary>
public class BatchBenchmarks
{
    private readonly PacketStock _stock = new();
    private readonly FlowsConsumer _flows = new(null, new FlowOptions(), new HandlerContext("flows"));
    private PageBundle[] _bundles = [];

    [GlobalSetup]
    public void Setup() => _bundles = _stock.RentAll();

    [Benchmark(Baseline = true, OperationsPerInvoke = PacketStock.Packets)]
    public long Descriptors()
    {
        var sum = 0L;
        foreach (var bundle in _bundles)
        {
            var batch = new PacketBatch(bundle);
            foreach (ref readonly var packet in batch.Packets) sum += batch.BytesOf(packet)[13] + packet.Mark;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = PacketStock.Packets)]
    public long Views()
    {
        var sum = 0L;
        foreach (var bundle in _bundles)
        {
            foreach (var packet in new PacketBatch(bundle)) sum += packet.Bytes[13] + packet.Mark;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = PacketStock.Packets)]
    public long UdpHeaders()
    {
        var sum = 0L;
        foreach (var bundle in _bundles)
        {
            foreach (var packet in new PacketBatch(bundle)) sum += packet.TryReadUdp(out var udp) ? udp.DestinationPort : 0;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = PacketStock.Packets)]
    public void Flows()
    {
        foreach (var bundle in _bundles) _flows.Consume(new PacketBatch(bundle));
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        foreach (var bundle in _bundles) bundle.Dispose();
        _stock.Dispose();
        _flows.Dispose();
    }
}
